import type { TemplateObject, TemplateValue } from './template-value.js';

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';
/** One entry of `Resources`, functions not yet computed. */
export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: TemplateObject;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  /** Undefined when the template leaves it to the default of the type. */
  readonly deletionPolicy?: TemplateValue;
  readonly updateReplacePolicy?: TemplateValue;
  readonly metadata?: TemplateValue;
}

/** One entry of `Parameters`. */
export interface ParameterDeclaration {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
  readonly description?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

/** One entry of `Outputs`. */
export interface OutputDeclaration {
  readonly name: string;
  readonly value: TemplateValue;
  readonly description?: string;
  readonly condition?: string;
  readonly exportName?: TemplateValue;
}

/** A template that was read and checked; `text` is what the caller sent. */
export interface Template {
  readonly text: string;
  readonly body: TemplateObject;
  readonly description?: string;
  readonly metadata?: TemplateValue;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: TemplateObject;
  readonly conditions: TemplateObject;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
}
