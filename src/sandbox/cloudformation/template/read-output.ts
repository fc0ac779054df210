import { templateFormatError } from './template-error.js';
import type { OutputDeclaration } from './template.js';
import { isTemplateObject, type TemplateObject, type TemplateValue } from './template-value.js';

const members = new Set(['Value', 'Description', 'Condition', 'Export']);

/** Reads one entry of `Outputs`. Throws `ValidationError`. */
export function readOutput(name: string, entry: TemplateObject): OutputDeclaration {
  const unknown = Object.keys(entry).filter((member) => !members.has(member));
  if (unknown.length > 0)
    throw templateFormatError(`Invalid template output property '${unknown.join("', '")}' of ${name}`);
  const value = entry['Value'];
  if (value === undefined || value === null)
    throw templateFormatError(`Every Outputs member must contain a Value object (output ${name})`);
  const { Description: description, Condition: condition } = entry;
  return {
    name,
    value,
    ...(typeof description === 'string' && { description }),
    ...(typeof condition === 'string' && { condition }),
    ...exportOf(name, entry['Export']),
  };
}

function exportOf(output: string, value: TemplateValue | undefined) {
  if (value === undefined) return {};
  const exportName = isTemplateObject(value) ? value['Name'] : undefined;
  if (exportName === undefined)
    throw templateFormatError(`Output ${output} is malformed. Export needs a Name`);
  return { exportName };
}
