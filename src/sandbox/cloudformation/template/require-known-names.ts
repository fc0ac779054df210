import { conditionsIn, referencesIn } from './references.js';
import { isPseudoParameter } from './pseudo-parameters.js';
import { templateFormatError, validationError } from './template-error.js';
import type { Template } from './template.js';

/** Every name a template mentions must be one it declares. Throws `ValidationError`. */
export function requireKnownNames(template: Template): void {
  requireConditions(template);
  requireNames(
    template,
    [...template.resources.values()].map((resource) => resource.properties),
    'Resources',
  );
  requireNames(
    template,
    [...template.outputs.values()].map((output) => [output.value, output.exportName ?? '']),
    'Outputs',
  );
  const outside = referencesIn(template.conditions).filter(
    ({ name }) => !template.parameters.has(name) && !isPseudoParameter(name),
  );
  if (outside.length > 0)
    throw unresolved(
      outside.map(({ name }) => name),
      'Conditions',
    );
  for (const { logicalId, dependsOn } of template.resources.values()) {
    const missing = dependsOn.filter((name) => !template.resources.has(name));
    if (missing.length > 0) throw unresolved(missing, 'Resources');
    if (dependsOn.includes(logicalId))
      throw validationError(`Circular dependency between resources: [${logicalId}]`);
  }
}

function requireNames(template: Template, values: Parameters<typeof referencesIn>[0], block: string): void {
  const missing = referencesIn(values)
    .filter(
      ({ name, attribute }) =>
        !template.resources.has(name) && (attribute !== undefined || !isParameter(template, name)),
    )
    .map(({ name }) => name);
  if (missing.length > 0) throw unresolved(missing, block);
}

function isParameter(template: Template, name: string): boolean {
  return template.parameters.has(name) || isPseudoParameter(name);
}

function unresolved(names: readonly string[], block: string): Error {
  return templateFormatError(
    `Unresolved resource dependencies [${[...new Set(names)].join(', ')}] in the ${block} block of the template`,
  );
}

function requireConditions(template: Template): void {
  const conditional = [...template.resources.values(), ...template.outputs.values()];
  const direct = conditional.flatMap(({ condition }) => condition ?? []);
  const inner = [...template.resources.values()].flatMap(({ properties }) => conditionsIn(properties));
  const outputs = [...template.outputs.values()].flatMap(({ value }) => conditionsIn(value));
  for (const name of [...direct, ...inner, ...outputs])
    if (template.conditions[name] === undefined)
      throw templateFormatError(`Unresolved condition dependency ${name} in the template`);
}
