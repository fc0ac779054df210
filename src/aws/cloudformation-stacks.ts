import type { Stack as AwsStack, StackEvent as AwsStackEvent } from '@aws-sdk/client-cloudformation';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, type Tags } from './tags.js';

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the parameters; values of NoEcho ones are not to be had. */
  readonly parameters: readonly string[];
  readonly capabilities: readonly string[];
  readonly exports: readonly { readonly output: string; readonly exportName: string }[];
  readonly tags: Tags;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

export interface StackEvent {
  readonly id: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  /** ClientRequestToken of the operation that caused it. */
  readonly token: string | undefined;
}

export interface StackCalls {
  /** By name, or by id to see a deleted one too. */
  findStack(nameOrId: string): Promise<Stack | undefined>;
  getTemplate(stack: string, stage: 'Original' | 'Processed'): Promise<string>;
  listResources(stack: string): Promise<readonly StackResource[]>;
  /** Events of the stack's latest operation, oldest first; none when the stack is not there. */
  listLatestEvents(stack: string): Promise<readonly StackEvent[]>;
  /** Stacks that import this export: it can be neither changed nor removed while there are any. */
  listImporters(exportName: string): Promise<readonly string[]>;
  /** Absence is no error. */
  deleteStack(stack: string, token: string): Promise<void>;
}

/**
 * CloudFormation says "no such stack" by a ValidationError, which it also uses for everything else; this one text is
 * its only mark. Source: DescribeStacks in the API reference, "Troubleshooting CloudFormation".
 */
export function isMissingStack(error: unknown): boolean {
  return (
    isAwsError(error, 'Other') &&
    error.code === 'ValidationError' &&
    error.awsMessage.includes('does not exist')
  );
}

export function createStackCalls(clients: Pick<AwsClients, 'cloudFormation'>): StackCalls {
  const orWhenMissing = async <T, U>(otherwise: U, call: () => Promise<T>): Promise<T | U> => {
    try {
      return await call();
    } catch (error) {
      if (isMissingStack(error)) return otherwise;
      throw error;
    }
  };
  return {
    findStack: (nameOrId) =>
      orWhenMissing(undefined, async () => {
        const cfn = await clients.cloudFormation();
        const answer = await callAws('cloudformation:DescribeStacks', nameOrId, () =>
          cfn.describeStacks({ StackName: nameOrId }),
        );
        return answer.Stacks?.[0] === undefined ? undefined : toStack(answer.Stacks[0]);
      }),

    getTemplate: async (stack, stage) => {
      const cfn = await clients.cloudFormation();
      const answer = await callAws('cloudformation:GetTemplate', stack, () =>
        cfn.getTemplate({ StackName: stack, TemplateStage: stage }),
      );
      return answer.TemplateBody ?? '';
    },

    listResources: async (stack) => {
      const cfn = await clients.cloudFormation();
      const resources: StackResource[] = [];
      let token: string | undefined;
      do {
        const page = await callAws('cloudformation:ListStackResources', stack, () =>
          cfn.listStackResources({ StackName: stack, ...(token === undefined ? {} : { NextToken: token }) }),
        );
        for (const one of page.StackResourceSummaries ?? [])
          resources.push({
            logicalId: one.LogicalResourceId ?? '',
            physicalId: one.PhysicalResourceId ?? '',
            type: one.ResourceType ?? '',
            status: one.ResourceStatus ?? '',
          });
        token = page.NextToken;
      } while (token !== undefined);
      return resources;
    },

    listLatestEvents: (stack) =>
      orWhenMissing([], async () => {
        const cfn = await clients.cloudFormation();
        const events: StackEvent[] = [];
        let token: string | undefined;
        do {
          const page = await callAws('cloudformation:DescribeStackEvents', stack, () =>
            cfn.describeStackEvents({
              StackName: stack,
              ...(token === undefined ? {} : { NextToken: token }),
            }),
          );
          const read = (page.StackEvents ?? []).map(toEvent);
          const start = read.findIndex(beginsOperation);
          events.push(...(start === -1 ? read : read.slice(0, start + 1)));
          token = start === -1 ? page.NextToken : undefined;
        } while (token !== undefined);
        return events.reverse();
      }),

    listImporters: async (exportName) => {
      try {
        const cfn = await clients.cloudFormation();
        const answer = await callAws('cloudformation:ListImports', exportName, () =>
          cfn.listImports({ ExportName: exportName }),
        );
        return answer.Imports ?? [];
      } catch (error) {
        if (isAwsError(error, 'Other') && error.awsMessage.includes('is not imported by any stack'))
          return [];
        throw error;
      }
    },

    deleteStack: async (stack, token) => {
      const cfn = await clients.cloudFormation();
      await orWhenMissing(undefined, () =>
        callAws('cloudformation:DeleteStack', stack, () =>
          cfn.deleteStack({ StackName: stack, ClientRequestToken: token }),
        ),
      );
    },
  };
}

/** The first event of an operation is about the stack itself; comparing clocks with AWS is not needed to find it. */
function beginsOperation(event: StackEvent): boolean {
  return (
    event.type === 'AWS::CloudFormation::Stack' &&
    event.physicalId === event.stackId &&
    /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(event.status)
  );
}

function toStack(stack: AwsStack): Stack {
  return {
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? 'UNKNOWN',
    statusReason: stack.StackStatusReason,
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
    ),
    parameters: (stack.Parameters ?? []).flatMap((one) => one.ParameterKey ?? []),
    capabilities: stack.Capabilities ?? [],
    exports: (stack.Outputs ?? []).flatMap(({ OutputKey, ExportName }) =>
      ExportName === undefined ? [] : [{ output: OutputKey ?? '', exportName: ExportName }],
    ),
    tags: readTags(stack.Tags),
  };
}

function toEvent(event: AwsStackEvent): StackEvent {
  return {
    id: event.EventId ?? '',
    stackId: event.StackId ?? '',
    logicalId: event.LogicalResourceId ?? '',
    physicalId: event.PhysicalResourceId ?? '',
    type: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason,
    token: event.ClientRequestToken,
  };
}
