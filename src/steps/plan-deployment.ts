import type { StackTemplate } from '../aws/stack-template.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';
import type { PlanIo, StepPlan } from '../pipeline/step.js';
import type { DeployDeps } from './deployed-stack.js';
import { findDestructionBetween } from './deployment-judgement.js';
import { isOurs } from './ownership.js';

export interface Deployment {
  readonly stack: string;
  readonly inPlace: boolean;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Judges a deployment by reading only: a change set would be a change, so the two templates are compared. */
export async function planDeployment(
  deps: Pick<DeployDeps, 'cloudFormation' | 'templates' | 'secrets'>,
  io: PlanIo,
  config: Config,
  deployment: Deployment,
): Promise<StepPlan> {
  const next = deps.templates.read(await deps.templates.load(deployment.template));
  const stack = await deps.cloudFormation.findStack(deployment.stack);
  const calls = ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'];
  if (!deployment.inPlace) {
    if (stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS' && !isOurs(stack, io.runId))
      return { kind: 'blocked', problems: [stackTaken(deployment.stack)] };
    const problems = missingParameters(next, deployment, []);
    if (problems.length > 0) return { kind: 'blocked', problems };
    return {
      kind: 'change',
      effects: [`creates the stack ${deployment.stack}: ${listResources(next)}`],
      calls,
    };
  }
  const live = deps.templates.read(await deps.cloudFormation.getTemplate(deployment.stack, 'Original'));
  const problems = [
    ...findDestructionBetween(live, next, await toBeRetained(deps, config, live)),
    ...missingParameters(next, deployment, stack?.parameters ?? []),
    ...(await exportsInUse(deps, deployment.stack, live, next)),
  ];
  if (problems.length > 0) return { kind: 'blocked', problems };
  return { kind: 'change', effects: describeDifference(deployment.stack, live, next), calls };
}

/** What retain-source will have retained by the time of the deployment. */
async function toBeRetained(
  deps: Pick<DeployDeps, 'cloudFormation' | 'templates' | 'secrets'>,
  { source }: Config,
  live: StackTemplate,
): Promise<string[]> {
  const secret = await deps.secrets.findSecret(source.secret);
  const owned = [source.instance.toLowerCase(), secret?.arn.toLowerCase()];
  const resources = await deps.cloudFormation.listResources(source.stack ?? '');
  const roots = resources
    .filter((one) => owned.includes(one.physicalId.toLowerCase()))
    .map((one) => one.logicalId);
  return deps.templates.closureOf(live, roots);
}

export function missingParameters(
  next: StackTemplate,
  { template, parameters }: Pick<Deployment, 'template' | 'parameters'>,
  known: readonly string[],
): Problem[] {
  return next.parameters
    .filter(({ name, hasDefault }) => !hasDefault && parameters[name] === undefined && !known.includes(name))
    .map(({ name }) => ({
      code: 'ParameterMissing',
      what: `the template ${template} needs the parameter ${name}`,
      why: 'It has no default, and the stack has no value for it',
      fix: `set target.deploy.parameters.${name}`,
    }));
}

/** Source: "Exporting stack output values": an export in use can be neither changed nor removed. */
async function exportsInUse(
  deps: Pick<DeployDeps, 'cloudFormation'>,
  name: string,
  live: StackTemplate,
  next: StackTemplate,
): Promise<Problem[]> {
  const leaving = live.outputs.filter((output) => !next.outputs.includes(output));
  const stack = await deps.cloudFormation.findStack(name);
  const problems: Problem[] = [];
  for (const { output, exportName } of stack?.exports ?? []) {
    if (!leaving.includes(output)) continue;
    const importers = await deps.cloudFormation.listImporters(exportName);
    if (importers.length > 0)
      problems.push({
        code: 'ExportInUse',
        what: `the output ${output} goes away, and its export ${exportName} is used by ${importers.join(', ')}`,
        why: 'CloudFormation refuses to remove an export in use, and rolls the deployment back',
        fix: `keep the output in the template, or take the import out of ${importers.join(', ')} first`,
      });
  }
  return problems;
}

function describeDifference(stack: string, live: StackTemplate, next: StackTemplate): string[] {
  const before = new Set(live.resources.map((one) => one.logicalId));
  const after = new Set(next.resources.map((one) => one.logicalId));
  const added = next.resources.filter((one) => !before.has(one.logicalId));
  const removed = live.resources.filter((one) => !after.has(one.logicalId));
  return [
    `updates the stack ${stack} in place`,
    ...added.map(({ logicalId, type }) => `Add ${logicalId} (${type})`),
    ...removed.map(
      ({ logicalId, type }) =>
        `Remove ${logicalId} (${type}) from the stack; what the source needs is retained`,
    ),
  ];
}

function listResources({ resources }: StackTemplate): string {
  return resources.map(({ logicalId, type }) => `${logicalId} (${type})`).join(', ');
}

function stackTaken(stack: string): Problem {
  return {
    code: 'StackTaken',
    what: `the stack ${stack} exists and was not made by this run`,
    why: 'The tool deploys only into a new stack, or in place into the stack of the source',
    fix: 'choose another target.stack, or delete that stack if nobody needs it',
  };
}
