import { evaluateCondition } from './evaluate.js';
import { isPseudoParameter, pseudoParameter, type StackPlace } from './pseudo-parameters.js';
import type { ParameterValue } from './resolve-parameters.js';
import type { Scope } from './scope.js';
import { templateError, validationError } from './template-error.js';
import type { Template } from './template.js';
import type { TemplateValue } from './template-value.js';

/** Resources as a scope sees them; throws when a resource or attribute is not there. */
export interface ResourceValues {
  ref(logicalId: string): TemplateValue;
  attribute(logicalId: string, name: string): TemplateValue;
}

/** What a template is evaluated against, besides itself. */
export interface ScopeSources {
  readonly place: StackPlace;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly resources: ResourceValues;
  importValue(exportName: string): TemplateValue;
  zones(region: string): readonly string[];
}

/** Makes the scope of one stack operation. Conditions are computed on demand, once each. */
export function templateScope(template: Template, sources: ScopeSources): Scope {
  const known = new Map<string, boolean>();
  const open = new Set<string>();
  const scope: Scope = {
    mappings: template.mappings,
    importValue: (name) => sources.importValue(name),
    zones: (region) => sources.zones(region === '' ? sources.place.region : region),
    attribute: (logicalId, name) => sources.resources.attribute(logicalId, name),
    ref: (name) => {
      if (isPseudoParameter(name)) return pseudoParameter(name, sources.place);
      return sources.parameters.get(name)?.value ?? sources.resources.ref(name);
    },
    condition: (name) => {
      const computed = known.get(name);
      if (computed !== undefined) return computed;
      const body = template.conditions[name];
      if (body === undefined) throw templateError(`Unresolved condition dependency ${name}`);
      if (open.has(name))
        throw validationError(
          `Template validation error: Circular condition dependency: [${[...open, name].join(', ')}]`,
        );
      open.add(name);
      const value = evaluateCondition(body, scope);
      known.set(name, value);
      open.delete(name);
      return value;
    },
  };
  return scope;
}
