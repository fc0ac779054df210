import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { inBackground } from '../engine/background.js';
import type { Environment } from '../engine/environment.js';
import { planChanges } from '../engine/plan-changes.js';
import { randomUuid } from '../engine/random-text.js';
import { setStackStatus } from '../stacks/record-event.js';
import type { ChangeSet, ChangeSetType } from '../stacks/change-set.js';
import type { Stack, StackSettings } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import type { PlannedChange } from '../engine/planned-change.js';
import { importTargets, requireOnlyImports } from './import-targets.js';
import { maskedChanges } from './change-set-shapes.js';
import { newStack } from './new-stack.js';
import { readSettings } from './read-settings.js';
import { optionalText, requiredText } from './request.js';
import { requireSameTypes, requireUpdatable } from './update-stack-action.js';

/** How long CloudFormation takes to compute a change set. */
const planningMs = 3_000;

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export function createChangeSet(env: Environment): Action {
  return async (input) => {
    const name = requiredText(input, 'ChangeSetName');
    const type = typeOf(input);
    const standing = env.store.find(requiredText(input, 'StackName'));
    if (type === 'UPDATE' && !standing)
      throw validationError(`Stack [${requiredText(input, 'StackName')}] does not exist`);
    if (type === 'CREATE' && standing && standing.status !== 'REVIEW_IN_PROGRESS')
      throw validationError(
        `Stack [${standing.name}] already exists and cannot be created again with the changeSet [${name}].`,
      );
    if (standing && (type === 'UPDATE' || (type === 'IMPORT' && standing.status !== 'REVIEW_IN_PROGRESS')))
      requireUpdatable(standing);
    const settings = await readSettings(env, input, type === 'CREATE' ? undefined : standing?.settings);
    if (standing) requireSameTypes(standing, settings);
    const imports = type === 'IMPORT' ? importTargets(env, input, settings) : [];
    const stack = standing ?? underReview(env, input);
    const changeSet = record(env, stack, { name, type, settings, imports, input });
    inBackground(
      env,
      stack,
      async () => compute(env, stack, changeSet),
      (reason) => fail(changeSet, reason),
    );
    return { Id: changeSet.id, StackId: stack.id };
  };
}

function typeOf(input: AwsStruct): ChangeSetType {
  const type = optionalText(input, 'ChangeSetType') ?? 'UPDATE';
  if (type === 'CREATE' || type === 'UPDATE' || type === 'IMPORT') return type;
  throw validationError(
    `1 validation error detected: Value '${type}' at 'changeSetType' failed to satisfy constraint: Member must satisfy enum value set: [CREATE, UPDATE, IMPORT]`,
  );
}

/** A change set for a new stack leaves a stack in REVIEW_IN_PROGRESS, which is not in progress at all. */
function underReview(env: Environment, input: AwsStruct): Stack {
  const stack = newStack(env, input);
  setStackStatus(
    env.context,
    stack,
    'REVIEW_IN_PROGRESS',
    'User Initiated',
    optionalText(input, 'ClientToken'),
  );
  return stack;
}

interface Wanted {
  readonly name: string;
  readonly type: ChangeSetType;
  readonly settings: StackSettings;
  readonly imports: ChangeSet['imports'];
  readonly input: AwsStruct;
}

function record(env: Environment, stack: Stack, { name, type, settings, imports, input }: Wanted): ChangeSet {
  if ([...stack.changeSets.values()].some((other) => other.name === name))
    throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists`, 400);
  const { context } = env;
  const changeSet: ChangeSet = {
    id: `arn:aws:cloudformation:${context.region}:${context.accountId}:changeSet/${name}/${randomUuid(context.random)}`,
    name,
    type,
    settings,
    createdAt: context.clock.now(),
    description: optionalText(input, 'Description'),
    onStackFailure: optionalText(input, 'OnStackFailure'),
    imports,
    status: 'CREATE_PENDING',
    executionStatus: 'UNAVAILABLE',
    reason: undefined,
    changes: [],
  };
  stack.changeSets.set(changeSet.id, changeSet);
  return changeSet;
}

async function compute(env: Environment, stack: Stack, changeSet: ChangeSet): Promise<void> {
  changeSet.status = 'CREATE_IN_PROGRESS';
  await env.context.clock.after(planningMs);
  try {
    const changes = await planChanges(env, stack, changeSet.settings);
    if (changes.length === 0) return fail(changeSet, noChanges);
    if (changeSet.type === 'IMPORT') requireOnlyImports(changes, changeSet.imports);
    changeSet.changes = maskedChanges(stack, changeSet, changes).map((change) => asImport(changeSet, change));
    changeSet.status = 'CREATE_COMPLETE';
    changeSet.executionStatus = 'AVAILABLE';
  } catch (error) {
    fail(changeSet, error instanceof Error ? error.message : String(error));
  }
}

/** What an import adds was there before. */
function asImport({ type, imports }: ChangeSet, change: PlannedChange): PlannedChange {
  if (type !== 'IMPORT') return change;
  const target = imports.find(({ logicalId }) => logicalId === change.logicalId);
  return { ...change, action: 'Import', physicalId: Object.values(target?.identifier ?? {})[0] };
}

function fail(changeSet: ChangeSet, reason: string): void {
  changeSet.status = 'FAILED';
  changeSet.reason = reason;
}
