/**
 * Gives the new stack its template as it has to stay: it was deployed without tasks, and a later update of the service
 * would otherwise stop the application. A crash leaves a change set or an update, which the next attempt finds.
 */
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { Inputs, Step } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { withdrawLeftovers } from './change-set.js';
import { newStackOf } from './deploy-from-snapshot.js';
import { bring, holds, type FreshStackDeps } from './fresh-stack.js';
import { deployEmpty, deployFromSnapshot, saveStack, settleStack } from './refs.js';
import { readSavedStack, type SavedFile } from './saved-stack.js';

export interface SettleStackDeps extends FreshStackDeps {
  readonly files: RunFiles;
  readonly templates: FreshStackDeps['templates'] & Pick<TemplateTools, 'load'>;
}

interface In {
  readonly config: Config;
  readonly saved: ReturnType<typeof saveStack.output.parse>;
  readonly deployed: Deployed;
}
interface Deployed {
  readonly stackId: string;
  readonly stackName: string;
  /** Id of the step that made the stack. */
  readonly madeBy: string;
  /** The template as it was edited; undefined where it is used as it is. */
  readonly edited: SavedFile | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}
type Out = ReturnType<typeof settleStack.output.parse>;

export function createSettleStack(deps: SettleStackDeps): Step<In, Out, Config> {
  return {
    ...settleStack,
    title: 'Give the new stack its lasting template',
    typicalSeconds: [30, 180],
    // While its update is under way the stack is in no state in which it counts as deployed.
    overtakes: [deployFromSnapshot.id, deployEmpty.id],
    reversal: {
      kind: 'undo',
      note: ({ deployed }) => [
        `# nothing by hand: ${deployed.stackName} is deleted as a whole, by the note of the deployment`,
      ],
      undo: (io) => withdrawLeftovers(deps, io),
    },
    select: (from) => ({
      config: from.config,
      saved: from.outputOf(saveStack),
      deployed: findDeployed(from),
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [`updates ${config.target.stack ?? ''}: the tasks of its services are as the template says`],
        calls: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
      }),
    run: async (io, input) => {
      const { deployed } = input;
      const text = await readTemplate(deps, input);
      const found = await deps.cloudFormation.findStack(deployed.stackId);
      if (found === undefined)
        throw new MigrationError('StackNotFound', `the stack ${deployed.stackName} is gone`, {
          resource: deployed.stackId,
          resumable: true,
        });
      const stack = await deps.waits.untilStackSettled(io, deployed.stackId);
      if (await holds(deps, stack, text)) return { stackId: stack.id };
      const saved = await readSavedStack(deps.files, input.saved);
      // The tags stay those of the step that made the stack: a change of them would touch every resource.
      const origin = { runId: io.runId, stepId: deployed.madeBy };
      const fresh = newStackOf(origin, input.config, saved, text, deployed.parameters);
      return { stackId: (await bring(deps, io, fresh, stack)).id };
    },
    verify: async (_io, input, output) => {
      const { deployed } = input;
      const stack = await deps.cloudFormation.findStack(output.stackId);
      if (stack !== undefined && (await holds(deps, stack, await readTemplate(deps, input)))) return;
      throw new VerifyError('StackNotSettled', `the stack ${deployed.stackName} has another template`, {
        why: stack === undefined ? 'It is gone' : 'Somebody deployed something else',
        resource: output.stackId,
      });
    },
  };
}

function findDeployed({ outputOf, findOutputOf }: Inputs<Config>): Deployed {
  const restored = findOutputOf(deployFromSnapshot);
  if (restored === undefined)
    return { ...outputOf(deployEmpty), madeBy: deployEmpty.id, edited: undefined, parameters: {} };
  const { file, sha256, ...deployed } = restored;
  return { ...deployed, madeBy: deployFromSnapshot.id, edited: { file, sha256 } };
}

async function readTemplate(
  { files, templates }: SettleStackDeps,
  { config, deployed: { edited } }: In,
): Promise<string> {
  if (edited === undefined) return templates.load(config.target.deploy.template ?? '');
  const { file, sha256 } = edited;
  const found = await files.read(file);
  if (found?.sha256 === sha256) return found.text;
  throw new VerifyError('TemplateDamaged', `${file} is not the template that was deployed`, {
    resource: files.pathOf(file),
  });
}
