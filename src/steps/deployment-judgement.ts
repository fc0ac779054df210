import type { ResourceChange } from '../aws/cloudformation-change-sets.js';
import type { StackTemplate } from '../aws/stack-template.js';
import type { Problem } from '../errors.js';

/** What may never be replaced or removed by a deployment: there is data in it, or the key to data. */
const precious = new Set([
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::RDS::GlobalCluster',
  'AWS::SecretsManager::Secret',
]);

/**
 * What in a change set would destroy a database or a secret. A removal is harmless where this run had the resource
 * retained (`retained`) and CloudFormation says itself that it will do so; a replacement never is, since the name would
 * then mean another, empty thing.
 * Source: ResourceChange in the CloudFormation API reference.
 */
export function findDestruction(changes: readonly ResourceChange[], retained: readonly string[]): Problem[] {
  return changes
    .filter(({ type }) => precious.has(type))
    .flatMap((change): Problem[] => {
      const { action, replacement, logicalId, policyAction } = change;
      if (action === 'Remove' && !(retained.includes(logicalId) && policyAction === 'Retain'))
        return [destroys(change, `removes it (${policyAction ?? 'by its deletion policy'})`)];
      if (action === 'Modify' && replacement !== 'False')
        return [destroys(change, `replaces it (Replacement ${replacement ?? 'unknown'})`)];
      return action === 'Dynamic' ? [destroys(change, 'may change it in a way that it cannot foresee')] : [];
    });
}

function destroys({ logicalId, physicalId, type }: ResourceChange, how: string): Problem {
  return {
    code: 'DestructiveChange',
    what: `the deployment would touch ${logicalId} (${type}${physicalId === undefined ? '' : `, ${physicalId}`}): CloudFormation ${how}`,
    why: 'The database or the secret in it would be lost',
    fix: 'give the new resources new logical ids and leave the old ones as they are, or deploy into a new stack',
  };
}

/** The same question asked of two templates, before there is a change set: by logical ids and types only. */
export function findDestructionBetween(
  live: StackTemplate,
  next: StackTemplate,
  retained: readonly string[],
): Problem[] {
  const after = new Map(next.resources.map((resource) => [resource.logicalId, resource.type]));
  return findDestruction(
    live.resources.flatMap(({ logicalId, type }): ResourceChange[] => {
      const becomes = after.get(logicalId);
      if (becomes === type) return [];
      const action = becomes === undefined ? 'Remove' : 'Modify';
      const policyAction = retained.includes(logicalId) ? 'Retain' : undefined;
      const base = { logicalId, type, action, physicalId: undefined, policyAction, scope: [] };
      return [{ ...base, replacement: action === 'Modify' ? 'True' : undefined }];
    }),
    retained,
  );
}

/** `Add AuroraCluster (AWS::RDS::DBCluster)`, one line a change. */
export function describeChanges(changes: readonly ResourceChange[]): string[] {
  return changes.map(({ action, logicalId, type, physicalId, replacement, policyAction, scope }) => {
    const details = [
      ...(physicalId === undefined ? [] : [physicalId]),
      ...(action === 'Modify' && scope.length > 0 ? [`changes ${scope.join(', ')}`] : []),
      ...(replacement === undefined || replacement === 'False' ? [] : [`replacement ${replacement}`]),
      ...(policyAction === undefined ? [] : [policyAction]),
    ];
    return `${action} ${logicalId} (${type})${details.length > 0 ? `: ${details.join('; ')}` : ''}`;
  });
}
