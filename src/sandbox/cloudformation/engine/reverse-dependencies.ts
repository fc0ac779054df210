import type { StackResource } from '../stacks/stack.js';

/** For a deletion: each resource comes after those that depend on it. Keys are logical ids. */
export function reverseDependencies(
  resources: readonly StackResource[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    resources.map(({ logicalId }) => [
      logicalId,
      resources
        .filter(({ dependsOn }) => dependsOn.includes(logicalId))
        .map((dependent) => dependent.logicalId),
    ]),
  );
}
