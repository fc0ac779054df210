import type {
  Capability,
  Change,
  CreateChangeSetInput,
  ResourceToImport,
} from '@aws-sdk/client-cloudformation';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { isMissingStack } from './cloudformation-stacks.js';
import { writeTags, type Tags } from './tags.js';

export interface NewChangeSet {
  readonly stack: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE' | 'IMPORT';
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters that keep the value the stack has: one that is merely left out falls back to its default. */
  readonly previousParameters: readonly string[];
  readonly capabilities: readonly string[];
  /** Left out for an update: the stack keeps its tags, and no resource changes because of them. */
  readonly tags?: Tags;
  /** Only of an IMPORT: the standing resources that come into the stack. */
  readonly imports?: readonly ImportedResource[];
  /** Service role that CloudFormation acts as; left out, it keeps the stack's or acts as the caller. */
  readonly roleArn?: string;
  readonly notificationArns?: readonly string[];
  readonly token: string;
}

export interface ImportedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Such as `{DBClusterIdentifier: production-rag-cluster}`. */
  readonly identifier: Readonly<Record<string, string>>;
}

/** One line of what CloudFormation would do. */
export interface ResourceChange {
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  /** Add, Modify, Remove, Import or Dynamic. */
  readonly action: string;
  /** Only of a Modify: True, False or Conditional. */
  readonly replacement: string | undefined;
  /** What happens to the physical resource: Delete, Retain, Snapshot, ReplaceAndDelete and so on. */
  readonly policyAction: string | undefined;
  /** What is modified: Properties, Metadata, Tags, DeletionPolicy and so on. */
  readonly scope: readonly string[];
}

export interface ChangeSet {
  readonly stackId: string;
  readonly status: string;
  readonly executionStatus: string;
  readonly reason: string | undefined;
  /** True when it FAILED only because there is nothing to change. */
  readonly empty: boolean;
  readonly changes: readonly ResourceChange[];
}

export interface ChangeSetCalls {
  /** `taken` when a change set of that name exists (perhaps from a lost reply). */
  createChangeSet(request: NewChangeSet): Promise<'created' | 'taken'>;
  findChangeSet(stack: string, name: string): Promise<ChangeSet | undefined>;
  executeChangeSet(stack: string, name: string, token: string): Promise<void>;
  /** Absence is no error. */
  deleteChangeSet(stack: string, name: string): Promise<void>;
}

/** Source: "Troubleshooting CloudFormation", no updates to perform; both texts are in use. */
const noChanges = /didn't contain changes|No updates are to be performed/;

export function createChangeSetCalls(clients: Pick<AwsClients, 'cloudFormation'>): ChangeSetCalls {
  return {
    createChangeSet: async (request) => {
      try {
        const cfn = await clients.cloudFormation();
        await callAws('cloudformation:CreateChangeSet', request.stack, () =>
          cfn.createChangeSet(toRequest(request)),
        );
        return 'created';
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return 'taken';
        throw error;
      }
    },

    findChangeSet: async (stack, name) => {
      try {
        return await readChangeSet(clients, stack, name);
      } catch (error) {
        if (isAwsError(error, 'NotFound') || isMissingStack(error)) return undefined;
        throw error;
      }
    },

    executeChangeSet: async (stack, name, token) => {
      const cfn = await clients.cloudFormation();
      await callAws('cloudformation:ExecuteChangeSet', stack, () =>
        cfn.executeChangeSet({ StackName: stack, ChangeSetName: name, ClientRequestToken: token }),
      );
    },

    deleteChangeSet: async (stack, name) => {
      try {
        const cfn = await clients.cloudFormation();
        await callAws('cloudformation:DeleteChangeSet', stack, () =>
          cfn.deleteChangeSet({ StackName: stack, ChangeSetName: name }),
        );
      } catch (error) {
        if (!isAwsError(error, 'NotFound') && !isMissingStack(error)) throw error;
      }
    },
  };
}

async function readChangeSet(
  clients: Pick<AwsClients, 'cloudFormation'>,
  stack: string,
  name: string,
): Promise<ChangeSet> {
  const cfn = await clients.cloudFormation();
  const read = (token: string | undefined) =>
    callAws('cloudformation:DescribeChangeSet', stack, () =>
      cfn.describeChangeSet({
        StackName: stack,
        ChangeSetName: name,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
  const first = await read(undefined);
  const changes = [...(first.Changes ?? [])];
  for (let token = first.NextToken; token !== undefined;) {
    const page = await read(token);
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
  }
  return {
    stackId: first.StackId ?? '',
    status: first.Status ?? 'UNKNOWN',
    executionStatus: first.ExecutionStatus ?? 'UNAVAILABLE',
    reason: first.StatusReason,
    empty: first.Status === 'FAILED' && noChanges.test(first.StatusReason ?? ''),
    changes: changes.map(toResourceChange),
  };
}

function toRequest(request: NewChangeSet): CreateChangeSetInput {
  const given = Object.entries(request.parameters);
  const previous = request.previousParameters.filter((name) => request.parameters[name] === undefined);
  return {
    StackName: request.stack,
    ChangeSetName: request.name,
    ChangeSetType: request.type,
    TemplateBody: request.template,
    Parameters: [
      ...given.map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      ...previous.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
    ],
    Capabilities: request.capabilities as Capability[],
    ...(request.tags === undefined ? {} : { Tags: writeTags(request.tags) }),
    ...(request.imports === undefined ? {} : { ResourcesToImport: request.imports.map(toImport) }),
    ...(request.roleArn === undefined ? {} : { RoleARN: request.roleArn }),
    ...(request.notificationArns === undefined ? {} : { NotificationARNs: [...request.notificationArns] }),
    ClientToken: request.token,
  };
}

function toImport({ logicalId, type, identifier }: ImportedResource): ResourceToImport {
  return { LogicalResourceId: logicalId, ResourceType: type, ResourceIdentifier: { ...identifier } };
}

function toResourceChange({ ResourceChange: change }: Change): ResourceChange {
  return {
    logicalId: change?.LogicalResourceId ?? '',
    physicalId: change?.PhysicalResourceId,
    type: change?.ResourceType ?? '',
    action: change?.Action ?? 'Dynamic',
    replacement: change?.Replacement,
    policyAction: change?.PolicyAction,
    scope: change?.Scope ?? [],
  };
}
