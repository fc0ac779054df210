import type { Stack as AwsStack } from '@aws-sdk/client-cloudformation';
import { MigrationError } from '../errors.js';
import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import { readTags, type Tags } from './tags.js';

/** What a stack is besides its template and its resources: enough to make it again. */
export interface StackDetails {
  readonly id: string;
  readonly name: string;
  /** `hidden`: a NoEcho parameter, whose value AWS does not give back. */
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly hidden: boolean }[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly exports: readonly string[];
  readonly tags: Tags;
  readonly capabilities: readonly string[];
  readonly terminationProtection: boolean;
  readonly roleArn: string | null;
  readonly notificationArns: readonly string[];
  /** The stack policy, as JSON. */
  readonly policy: string | null;
}

/** What CloudFormation says of a template by looking at it alone. */
export interface Validation {
  /** Its objection. */
  readonly reason: string | undefined;
  /** What has to be granted for it. */
  readonly capabilities: readonly string[];
}

export interface StackDetailCalls {
  /** @throws AwsCallError or MigrationError when there is no such stack */
  readStackDetails(stack: string): Promise<StackDetails>;
  validateTemplate(template: string): Promise<Validation>;
  /** Names of the properties that identify resources of each type in an import; types that cannot be imported lack. */
  listImportIdentifiers(template: string): Promise<Readonly<Record<string, readonly string[]>>>;
  setTerminationProtection(stack: string, on: boolean): Promise<void>;
  setStackPolicy(stack: string, policy: string): Promise<void>;
}

/** What NoEcho parameters are shown as. Source: DescribeStacks in the API reference. */
const hiddenValue = '****';

export function createStackDetailCalls(clients: Pick<AwsClients, 'cloudFormation'>): StackDetailCalls {
  return {
    readStackDetails: async (name) => {
      const cfn = await clients.cloudFormation();
      const answer = await callAws('cloudformation:DescribeStacks', name, () =>
        cfn.describeStacks({ StackName: name }),
      );
      const { StackPolicyBody } = await callAws('cloudformation:GetStackPolicy', name, () =>
        cfn.getStackPolicy({ StackName: name }),
      );
      const [stack] = answer.Stacks ?? [];
      if (stack !== undefined) return toDetails(stack, StackPolicyBody);
      throw new MigrationError('StackNotFound', `there is no stack ${name}`, { resource: name });
    },

    validateTemplate: async (template) => {
      try {
        const cfn = await clients.cloudFormation();
        const { Capabilities } = await callAws('cloudformation:ValidateTemplate', undefined, () =>
          cfn.validateTemplate({ TemplateBody: template }),
        );
        return { reason: undefined, capabilities: Capabilities ?? [] };
      } catch (error) {
        if (isAwsError(error, 'Other')) return { reason: error.awsMessage, capabilities: [] };
        throw error;
      }
    },

    listImportIdentifiers: async (template) => {
      const cfn = await clients.cloudFormation();
      const { ResourceIdentifierSummaries: found } = await callAws(
        'cloudformation:GetTemplateSummary',
        undefined,
        () => cfn.getTemplateSummary({ TemplateBody: template }),
      );
      return Object.fromEntries(
        (found ?? []).map(({ ResourceType, ResourceIdentifiers }) => [
          ResourceType ?? '',
          ResourceIdentifiers ?? [],
        ]),
      );
    },

    setTerminationProtection: async (stack, on) => {
      const cfn = await clients.cloudFormation();
      await callAws('cloudformation:UpdateTerminationProtection', stack, () =>
        cfn.updateTerminationProtection({ StackName: stack, EnableTerminationProtection: on }),
      );
    },

    setStackPolicy: async (stack, policy) => {
      const cfn = await clients.cloudFormation();
      await callAws('cloudformation:SetStackPolicy', stack, () =>
        cfn.setStackPolicy({ StackName: stack, StackPolicyBody: policy }),
      );
    },
  };
}

function toDetails(stack: AwsStack, policy: string | undefined): StackDetails {
  return {
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    parameters: (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => ({
      name: ParameterKey,
      value: ParameterValue,
      hidden: ParameterValue === hiddenValue,
    })),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    exports: (stack.Outputs ?? []).flatMap(({ ExportName }) => ExportName ?? []),
    tags: readTags(stack.Tags),
    capabilities: stack.Capabilities ?? [],
    terminationProtection: stack.EnableTerminationProtection ?? false,
    roleArn: stack.RoleARN ?? null,
    notificationArns: stack.NotificationARNs ?? [],
    policy: policy ?? null,
  };
}
