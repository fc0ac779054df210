import type { Stack } from '../aws/cloudformation-stacks.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { noteStackUpdate, writeStackInput } from './by-hand.js';
import { noteWithdrawal, wasExecuted } from './change-set.js';

/** Updates of the stack by which a person lets cluster and instance go: kept, and then no longer named. */
const files = ['bring-into-stack-back-1.json', 'bring-into-stack-back-2.json'] as const;

type Templates = Pick<TemplateTools, 'findDatabase' | 'foundationStage' | 'read' | 'retain'>;

export async function writeReleases(
  deps: { readonly files: RunFiles; readonly templates: Templates },
  io: Pick<StepIo, 'runId'>,
  { stack, text, capabilities }: { stack: Stack; text: string; capabilities: readonly string[] },
): Promise<void> {
  const declared = deps.templates.read(text).parameters.map(({ name }) => name);
  const kept = stack.parameters.filter((name) => declared.includes(name));
  const order = {
    stack: stack.name,
    capabilities: [...new Set([...stack.capabilities, ...capabilities])],
    parameters: Object.fromEntries(kept.map((name) => [name, undefined])),
  };
  const [first, second] = files;
  await writeStackInput(deps.files, first, {
    ...order,
    template: retainBoth(deps.templates, text, io.runId),
  });
  await writeStackInput(deps.files, second, { ...order, template: deps.templates.foundationStage(text) });
}

/** @throws PreconditionError when an undo could not edit the template; better found before anything is done */
export function refuseUnreleasable(templates: Templates, text: string): void {
  retainBoth(templates, text, 'plan');
}

function retainBoth(templates: Templates, text: string, mark: string): string {
  const { cluster, instance } = templates.findDatabase(text);
  return templates.retain(text, [cluster, instance], { logicalId: cluster, value: mark }).text;
}

export function noteReleases(
  folder: Pick<RunFiles, 'pathOf'>,
  stack: string,
  intents: readonly RecordedIntent[],
): string[] {
  return wasExecuted(intents)
    ? files.flatMap((file) => noteStackUpdate(stack, folder.pathOf(file)))
    : noteWithdrawal(intents);
}
