import {
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from '../template/template-value.js';

/** Names of the properties that differ; `5432` and `"5432"` are the same to CloudFormation. */
export function changedProperties(before: TemplateObject, after: TemplateObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameValue(before[name], after[name]));
}

/** Whether two computed values mean the same. */
export function sameValue(before: TemplateValue | undefined, after: TemplateValue | undefined): boolean {
  return canonical(before) === canonical(after);
}

function canonical(value: TemplateValue | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (isTemplateList(value)) return `[${value.map(canonical).join(',')}]`;
  if (isTemplateObject(value))
    return `{${Object.keys(value)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
      .join(',')}}`;
  return JSON.stringify(scalarText(value));
}
