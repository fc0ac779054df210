import { AwsError, type Action, type AwsStruct } from '../../service.js';
import { inBackground } from '../engine/background.js';
import { importResources } from '../engine/import-resources.js';
import { startOperation } from '../engine/operation.js';
import { setStackStatus } from '../stacks/record-event.js';
import type { Environment } from '../engine/environment.js';
import type { ChangeSet } from '../stacks/change-set.js';
import { beginCreate } from './create-stack-action.js';
import { beginUpdate, requireUpdatable } from './update-stack-action.js';
import type { Stack } from '../stacks/stack.js';
import { changeSetShape, changeSetSummary, changeShape } from './change-set-shapes.js';
import { createChangeSet } from './create-change-set.js';
import { changeSetOf } from './find-change-set.js';
import { pageOf } from './pages.js';
import { flag, optionalText, requiredText } from './request.js';
import { members } from './shapes.js';

const changesPerPage = 100;

/** The actions on change sets. */
export function changeSetActions(env: Environment): Readonly<Record<string, Action>> {
  return {
    CreateChangeSet: createChangeSet(env),
    DescribeChangeSet: (input) => {
      const { stack, changeSet } = changeSetOf(env, input);
      const page = pageOf(changeSet.changes, input, changesPerPage);
      const withValues = flag(input, 'IncludePropertyValues');
      const changes = members(page.items.map((change) => changeShape(change, withValues)));
      return { ...changeSetShape(stack, changeSet), Changes: changes, NextToken: page.nextToken };
    },
    ListChangeSets: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      const page = pageOf([...stack.changeSets.values()], input, changesPerPage);
      return {
        Summaries: members(page.items.map((changeSet) => changeSetSummary(stack, changeSet))),
        NextToken: page.nextToken,
      };
    },
    DeleteChangeSet: (input) => deleteChangeSet(env, input),
    ExecuteChangeSet: (input) => executeChangeSet(env, input),
  };
}

/** Deleting a change set that is not there is no error for its ARN; a name alone must be known. */
function deleteChangeSet(env: Environment, input: AwsStruct): AwsStruct {
  const { stack, changeSet } = changeSetOf(env, input);
  if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS') throw invalidStatus(changeSet, 'deleted');
  stack.changeSets.delete(changeSet.id);
  return {};
}

function executeChangeSet(env: Environment, input: AwsStruct): AwsStruct {
  const { stack, changeSet } = changeSetOf(env, input);
  if (changeSet.executionStatus !== 'AVAILABLE') throw invalidStatus(changeSet, 'executed');
  if (changeSet.type !== 'CREATE' && stack.status !== 'REVIEW_IN_PROGRESS') requireUpdatable(stack);
  stack.disableRollback = flag(input, 'DisableRollback');
  for (const other of stack.changeSets.values()) if (other !== changeSet) stack.changeSets.delete(other.id);
  changeSet.executionStatus = 'EXECUTE_COMPLETE';
  stack.changeSetId = changeSet.id;
  begin(env, stack, changeSet, optionalText(input, 'ClientRequestToken'));
  return {};
}

function begin(env: Environment, stack: Stack, changeSet: ChangeSet, token: string | undefined): void {
  if (changeSet.type === 'IMPORT') return beginImport(env, stack, changeSet, token);
  if (changeSet.type === 'UPDATE') return beginUpdate(env, stack, changeSet.settings, token);
  const asked = changeSet.onStackFailure;
  const onFailure =
    asked === 'DELETE' || asked === 'DO_NOTHING' ? asked : stack.disableRollback ? 'DO_NOTHING' : 'ROLLBACK';
  beginCreate(env, stack, changeSet.settings, onFailure, token);
}

function beginImport(env: Environment, stack: Stack, changeSet: ChangeSet, token: string | undefined): void {
  const { settings, imports } = changeSet;
  const before = {
    settings: stack.settings ?? settings,
    resources: new Map(stack.resources),
    outputs: stack.outputs,
    imports: stack.imports,
  };
  stack.settings = settings;
  setStackStatus(env.context, stack, 'IMPORT_IN_PROGRESS', 'User Initiated', token);
  inBackground(
    env,
    stack,
    async () => importResources(await startOperation(env, stack, settings, token), imports, before),
    (reason) => setStackStatus(env.context, stack, 'IMPORT_ROLLBACK_FAILED', reason, token),
  );
}

function invalidStatus(changeSet: ChangeSet, verb: string): AwsError {
  return new AwsError(
    'InvalidChangeSetStatus',
    `ChangeSet [${changeSet.id}] cannot be ${verb} in its current execution status of [${changeSet.executionStatus}]`,
    400,
  );
}
