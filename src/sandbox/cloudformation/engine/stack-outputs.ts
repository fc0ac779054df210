import type { StackOutput } from '../stacks/stack.js';
import { evaluate } from '../template/evaluate.js';
import type { OutputDeclaration } from '../template/template.js';
import { scalarText, type TemplateValue } from '../template/template-value.js';
import { validationError } from '../template/template-error.js';
import type { Operation } from './operation.js';

/** Computes the outputs of a stack. Throws `ValidationError` when one is no text or an export name is taken or in use. */
export function computeOutputs(operation: Operation): readonly StackOutput[] {
  const { settings, scope, env, stack } = operation;
  const wanted = [...settings.template.outputs.values()].filter(
    ({ condition }) => condition === undefined || scope.condition(condition),
  );
  const outputs = wanted.map((output) => computeOutput(operation, output));
  for (const { exportName } of outputs) {
    const taken = exportName === undefined ? undefined : env.store.findExport(exportName);
    if (taken && taken.stack !== stack)
      throw validationError(
        `Export with name ${exportName} is already exported by stack ${taken.stack.name}. Rollback requested by user.`,
      );
  }
  keepUsedExports(operation, outputs);
  return outputs;
}

function computeOutput(operation: Operation, output: OutputDeclaration): StackOutput {
  const text = (value: TemplateValue, what: string): string => {
    const found = scalarText(evaluate(value, operation.scope));
    if (found === undefined)
      throw validationError(`Template format error: ${what} of output ${output.name} must be a string`);
    return found;
  };
  return {
    name: output.name,
    value: text(output.value, 'The Value field'),
    description: output.description,
    exportName: output.exportName === undefined ? undefined : text(output.exportName, 'The export name'),
  };
}

/** An export that another stack imports can be neither removed nor changed ("Fn::ImportValue"). */
function keepUsedExports({ env, stack }: Operation, outputs: readonly StackOutput[]): void {
  for (const { exportName, value } of stack.outputs) {
    const users =
      exportName === undefined ? [] : env.store.importersOf(exportName).filter((other) => other !== stack);
    if (users.length === 0) continue;
    const next = outputs.find((output) => output.exportName === exportName);
    const names = users.map(({ name }) => name).join(', ');
    if (!next) throw validationError(`Cannot delete export ${exportName} as it is in use by ${names}`);
    if (next.value !== value)
      throw validationError(`Cannot update export ${exportName} as it is in use by ${names}`);
  }
}
