import type { TemplateObject, TemplateValue } from './template-value.js';

/** What the functions of a template can see while it is evaluated. Each member throws when the name is not known. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource; `undefined` for `AWS::NoValue`. */
  ref(name: string): TemplateValue | undefined;
  attribute(logicalId: string, name: string): TemplateValue;
  condition(name: string): boolean;
  /** The body of `Mappings`. */
  readonly mappings: TemplateObject;
  importValue(exportName: string): TemplateValue;
  zones(region: string): readonly string[];
}
