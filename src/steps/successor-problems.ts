import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';

export interface SuccessorDeps {
  readonly cloudFormation: Pick<CloudFormationGateway, 'validateTemplate'>;
  readonly templates: Pick<TemplateTools, 'load' | 'findLocalArtifacts'>;
}

/**
 * What would keep CloudFormation from making the new stack, as far as it can be known while the old one stands: it is
 * deployed into the place of one that is gone. Reads only.
 * @param granted capabilities of the old stack, which the new one is given too
 */
export async function findSuccessorProblems(
  deps: SuccessorDeps,
  { target: { deploy } }: Config,
  granted: readonly string[],
): Promise<Problem[]> {
  const name = deploy.template ?? deploy.commandTemplate;
  // That the template of a command cannot be seen is told by the step that would deploy it.
  if (name === undefined) return [];
  const text = await deps.templates.load(name);
  const { reason, capabilities } = await deps.cloudFormation.validateTemplate(text);
  return [
    ...unpackaged(deps, name, text),
    ...(reason === undefined ? [] : [invalid(name, reason)]),
    ...ungranted(name, capabilities, [...granted, ...(deploy.capabilities ?? [])]),
  ];
}

function unpackaged({ templates }: SuccessorDeps, name: string, text: string): Problem[] {
  const artifacts = templates.findLocalArtifacts(text);
  if (artifacts.length === 0) return [];
  return [
    {
      code: 'TemplateNotPackaged',
      what: `the template ${name} names files of this machine: ${artifacts.map(({ where, path }) => `${where} is ${path}`).join(', ')}`,
      why: 'CloudFormation takes them from S3 only, so a stack would fail that is made from this template, after the old one is gone',
      fix: `package it first (aws cloudformation package --template-file ${name} --s3-bucket BUCKET --output-template-file packaged.yaml), or run the part of the deploy command that does so, and name the written file in target.deploy`,
    },
  ];
}

function invalid(name: string, reason: string): Problem {
  return {
    code: 'TemplateInvalid',
    what: `the template ${name} does not validate`,
    why: reason,
    fix: `correct ${name} (aws cloudformation validate-template --template-body file://${name})`,
  };
}

/** CAPABILITY_NAMED_IAM includes CAPABILITY_IAM. Source: CreateStack in the CloudFormation API reference. */
function ungranted(name: string, needed: readonly string[], granted: readonly string[]): Problem[] {
  const has = new Set(granted.includes('CAPABILITY_NAMED_IAM') ? [...granted, 'CAPABILITY_IAM'] : granted);
  const missing = needed.filter((one) => !has.has(one));
  if (missing.length === 0) return [];
  return [
    {
      code: 'CapabilityMissing',
      what: `the template ${name} needs ${missing.join(', ')}`,
      why: 'CloudFormation refuses to make the new stack without it (InsufficientCapabilities), after the old one is gone',
      fix: `set target.deploy.capabilities to ${JSON.stringify(missing)}`,
    },
  ];
}
