import { referencesIn } from '../template/references.js';
import type { Scope } from '../template/scope.js';
import { templateFormatError, validationError } from '../template/template-error.js';
import type { ResourceDeclaration, Template } from '../template/template.js';

/** A resource whose condition holds, with the resources it must come after. */
export interface ActiveResource {
  readonly declaration: ResourceDeclaration;
  readonly dependsOn: readonly string[];
}

/**
 * The resources that the conditions leave, in an order in which each comes after those it depends on
 * (`Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn`). Throws `ValidationError` for a circle or a mention of one left out.
 */
export function activeResources(template: Template, scope: Scope): ReadonlyMap<string, ActiveResource> {
  const holding = [...template.resources.values()].filter(
    ({ condition }) => condition === undefined || scope.condition(condition),
  );
  const names = new Set(holding.map(({ logicalId }) => logicalId));
  const active = new Map(
    holding.map((declaration) => [
      declaration.logicalId,
      { declaration, dependsOn: dependencies(template, declaration, names, scope) },
    ]),
  );
  return inOrder(active);
}

function dependencies(
  template: Template,
  declaration: ResourceDeclaration,
  names: ReadonlySet<string>,
  scope: Scope,
): readonly string[] {
  const mentioned = referencesIn(declaration.properties, (condition) => scope.condition(condition))
    .map(({ name }) => name)
    .filter((name) => template.resources.has(name));
  const missing = mentioned.filter((name) => !names.has(name));
  if (missing.length > 0)
    throw templateFormatError(
      `Unresolved resource dependencies [${[...new Set(missing)].join(', ')}] in the Resources block of the template`,
    );
  // DependsOn on a resource that a condition leaves out is no error: it is ignored.
  return [...new Set([...mentioned, ...declaration.dependsOn.filter((name) => names.has(name))])];
}

function inOrder(active: ReadonlyMap<string, ActiveResource>): ReadonlyMap<string, ActiveResource> {
  const ordered = new Map<string, ActiveResource>();
  while (ordered.size < active.size) {
    const ready = [...active].filter(
      ([name, { dependsOn }]) => !ordered.has(name) && dependsOn.every((other) => ordered.has(other)),
    );
    if (ready.length === 0) {
      const circle = [...active.keys()].filter((name) => !ordered.has(name));
      throw validationError(`Circular dependency between resources: [${circle.join(', ')}]`);
    }
    for (const [name, resource] of ready) ordered.set(name, resource);
  }
  return ordered;
}
