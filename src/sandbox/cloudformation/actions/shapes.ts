import { XmlList } from '../../http/xml-list.js';
import type { AwsStruct, AwsValue } from '../../service.js';
import type { Tag } from '../providers/resource-provider.js';
import type { Stack, StackEvent, StackResource } from '../stacks/stack.js';

/** A list of a CloudFormation answer: its items are always called `member`. */
export function members(items: readonly AwsValue[]): XmlList {
  return new XmlList('member', items);
}

export function tagShapes(tags: readonly Tag[]): XmlList {
  return members(tags.map(({ Key, Value }) => ({ Key, Value })));
}

/** A `Stack` as DescribeStacks shows it. */
export function stackShape(stack: Stack): AwsStruct {
  const { settings } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: settings?.template.description,
    Parameters: parameterShapes(stack),
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    DeletionTime: stack.deletedAt,
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: members(settings?.notificationArns ?? []),
    Capabilities: members(settings?.capabilities ?? []),
    Outputs: outputShapes(stack),
    RoleARN: settings?.roleArn,
    Tags: tagShapes(settings?.tags ?? []),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: driftShape(stack),
  };
}

function parameterShapes({ settings }: Stack): XmlList | undefined {
  const parameters = [...(settings?.parameters.values() ?? [])];
  if (parameters.length === 0) return undefined;
  return members(
    parameters.map(({ name, given, resolved, noEcho }) => ({
      ParameterKey: name,
      ParameterValue: noEcho ? '****' : given,
      ResolvedValue: resolved,
    })),
  );
}

function outputShapes({ outputs }: Stack): XmlList | undefined {
  if (outputs.length === 0) return undefined;
  return members(
    outputs.map(({ name, value, description, exportName }) => ({
      OutputKey: name,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
  );
}

export function driftShape({ drift }: Stack): AwsStruct {
  return { StackDriftStatus: drift.status, LastCheckTimestamp: drift.at };
}

/** A `StackSummary` as ListStacks shows it. */
export function stackSummaryShape(stack: Stack): AwsStruct {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.settings?.template.description,
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    DeletionTime: stack.deletedAt,
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DriftInformation: driftShape(stack),
  };
}

export function eventShape(stack: Stack, event: StackEvent): AwsStruct {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: event.at,
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.token,
  };
}

/** What DescribeStackResource, DescribeStackResources and ListStackResources have in common. */
export function resourceShape(resource: StackResource): AwsStruct {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: resource.drift ?? 'NOT_CHECKED' },
  };
}
