/** A value of a template: JSON, whichever language it was written in. */
export type TemplateValue = string | number | boolean | null | readonly TemplateValue[] | TemplateObject;
export interface TemplateObject {
  readonly [key: string]: TemplateValue;
}

export function isTemplateObject(value: unknown): value is TemplateObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTemplateList(value: unknown): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** The text CloudFormation makes of a scalar where a string is wanted; undefined for lists, objects and null. */
export function scalarText(value: TemplateValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
