import type { AwsStruct } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import type { PlannedChange } from '../engine/planned-change.js';
import { isStruct, structsAt, textAt } from '../providers/answers.js';
import type { ImportTarget } from '../stacks/change-set.js';
import type { StackSettings } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';

/** The resources a change set of type IMPORT brings in. Throws `ValidationError` when a rule of resource import is broken. */
export function importTargets(
  env: Environment,
  input: AwsStruct,
  settings: StackSettings,
): readonly ImportTarget[] {
  const targets = structsAt(input, 'ResourcesToImport').map((entry) => ({
    logicalId: textAt(entry, 'LogicalResourceId'),
    type: textAt(entry, 'ResourceType'),
    identifier: identifierOf(entry),
  }));
  if (targets.length === 0)
    throw validationError('You must specify ResourcesToImport for a change set of type IMPORT');
  for (const target of targets) requireImportable(env, target, settings);
  return targets;
}

function identifierOf(entry: AwsStruct): Readonly<Record<string, string>> {
  const identifier = entry['ResourceIdentifier'];
  if (!isStruct(identifier)) return {};
  return Object.fromEntries(Object.keys(identifier).map((name) => [name, textAt(identifier, name)]));
}

function requireImportable(env: Environment, target: ImportTarget, settings: StackSettings): void {
  const { logicalId, type } = target;
  const declaration = settings.template.resources.get(logicalId);
  if (declaration?.type !== type)
    throw validationError(`Resource ${logicalId} of type ${type} is not in the template`);
  if (declaration.deletionPolicy === undefined)
    throw validationError(
      `Resources [${logicalId}] to import must have the DeletionPolicy attribute in the template`,
    );
  const provider = env.providers.get(type);
  const [name, ...others] = provider?.identifier ?? [];
  if (!provider?.read || name === undefined || others.length > 0)
    throw validationError(`ResourceTypes [${type}] are not supported for Import`);
  const physicalId = target.identifier[name];
  if (physicalId === undefined) throw validationError(`The identifier of ${logicalId} must give ${name}`);
  const owner = env.store
    .live()
    .find((stack) =>
      [...stack.resources.values()].some((one) => one.type === type && one.physicalId === physicalId),
    );
  if (owner)
    throw validationError(`${type} with identifier ${physicalId} already belongs to stack ${owner.name}`);
}

/** An import brings in what it names and touches nothing else ("Considerations when importing"). */
export function requireOnlyImports(
  changes: readonly PlannedChange[],
  targets: readonly ImportTarget[],
): void {
  const named = new Set(targets.map(({ logicalId }) => logicalId));
  const added = changes.filter(({ action, logicalId }) => action === 'Add' && !named.has(logicalId));
  if (added.length > 0)
    throw validationError(
      `You cannot add new resources [${list(added)}] during an import: they must be in ResourcesToImport`,
    );
  const touched = changes.filter(({ action }) => action !== 'Add');
  if (touched.length > 0)
    throw validationError(
      `You have modified resources [${list(touched)}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`,
    );
}

function list(changes: readonly PlannedChange[]): string {
  return changes.map(({ logicalId }) => logicalId).join(', ');
}
