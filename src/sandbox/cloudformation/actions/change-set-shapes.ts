import type { AwsStruct } from '../../service.js';
import type { ChangeDetail, PlannedChange } from '../engine/planned-change.js';
import { maskNoEcho } from '../stacks/record-event.js';
import type { ChangeSet } from '../stacks/change-set.js';
import type { Stack } from '../stacks/stack.js';
import { members, tagShapes } from './shapes.js';

/** A `Change` of DescribeChangeSet. Property values are shown on request only (`IncludePropertyValues`). */
export function changeShape(change: PlannedChange, withValues: boolean): AwsStruct {
  return {
    Type: 'Resource',
    ResourceChange: {
      PolicyAction: change.policyAction,
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.replacement,
      Scope: members([...new Set(change.details.map(({ attribute }) => attribute))]),
      Details: members(change.details.map((detail) => detailShape(detail, withValues))),
      BeforeContext: withValues ? change.before : undefined,
      AfterContext: withValues ? change.after : undefined,
    },
  };
}

function detailShape(detail: ChangeDetail, withValues: boolean): AwsStruct {
  return {
    Target: {
      Attribute: detail.attribute,
      Name: detail.name,
      RequiresRecreation: detail.requiresRecreation,
      ...(withValues && {
        BeforeValue: detail.beforeValue,
        AfterValue: detail.afterValue,
        Path: detail.name === undefined ? undefined : `/Properties/${detail.name}`,
      }),
    },
    Evaluation: detail.evaluation,
    ChangeSource: detail.changeSource,
    CausingEntity: detail.causingEntity,
  };
}

/** Values of NoEcho parameters, old and new, are masked in everything a change set shows. */
export function maskedChanges(
  stack: Stack,
  changeSet: Pick<ChangeSet, 'settings'>,
  changes: readonly PlannedChange[],
): readonly PlannedChange[] {
  const masked = (holder: Pick<Stack, 'settings'>, value: readonly PlannedChange[]) =>
    maskNoEcho({ ...stack, ...holder }, value) as readonly PlannedChange[];
  return masked({ settings: stack.settings }, masked({ settings: changeSet.settings }, changes));
}

/** What DescribeChangeSet and ListChangeSets have in common. */
export function changeSetSummary(stack: Stack, changeSet: ChangeSet): AwsStruct {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.reason,
    CreationTime: changeSet.createdAt,
    Description: changeSet.description,
    IncludeNestedStacks: false,
  };
}

export function changeSetShape(stack: Stack, changeSet: ChangeSet): AwsStruct {
  const { settings } = changeSet;
  return {
    ...changeSetSummary(stack, changeSet),
    Parameters: members(
      [...settings.parameters.values()].map(({ name, given, resolved, noEcho }) => ({
        ParameterKey: name,
        ParameterValue: noEcho ? '****' : given,
        ResolvedValue: resolved,
      })),
    ),
    NotificationARNs: members(settings.notificationArns),
    RollbackConfiguration: {},
    Capabilities: members(settings.capabilities),
    Tags: tagShapes(settings.tags),
    OnStackFailure: changeSet.onStackFailure,
  };
}
