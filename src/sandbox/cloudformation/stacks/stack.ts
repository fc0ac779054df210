import type { Tag } from '../providers/resource-provider.js';
import type { ParameterValue } from '../template/resolve-parameters.js';
import type { ResourceDeclaration, Template } from '../template/template.js';
import type { TemplateObject, TemplateValue } from '../template/template-value.js';
import type { ChangeSet } from './change-set.js';

/** A resource of a stack. Never altered in place, so that a copy of the map is a snapshot to roll back to. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Undefined while nothing exists in AWS yet. */
  readonly physicalId: string | undefined;
  readonly status: string;
  readonly reason: string | undefined;
  readonly updatedAt: Date;
  readonly declaration: ResourceDeclaration;
  /** Computed, with dynamic references still written out: what an update compares. */
  readonly properties: TemplateObject;
  /** As the service was told, dynamic references resolved. Never shown. */
  readonly applied: TemplateObject;
  readonly attributes: Readonly<Record<string, TemplateValue>>;
  readonly tags: readonly Tag[];
  readonly dependsOn: readonly string[];
  readonly drift?: string;
}

export interface StackOutput {
  readonly name: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** Everything a create or an update sets; rolled back as one. */
export interface StackSettings {
  readonly template: Template;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn: string | undefined;
}

export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly properties: string | undefined;
  readonly token: string | undefined;
}

/** What a failed update left, for ContinueUpdateRollback. */
export interface PendingRollback {
  readonly settings: StackSettings;
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly outputs: readonly StackOutput[];
  readonly imports: ReadonlySet<string>;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  deletedAt: Date | undefined;
  status: string;
  reason: string | undefined;
  /** Undefined while the stack is only under review. */
  settings: StackSettings | undefined;
  resources: Map<string, StackResource>;
  outputs: readonly StackOutput[];
  /** Names of the exports of other stacks that this one uses. */
  imports: ReadonlySet<string>;
  /** Oldest first. */
  readonly events: StackEvent[];
  readonly changeSets: Map<string, ChangeSet>;
  /** CancelUpdateStack was called during the update under way. */
  isCancelled: boolean;
  disableRollback: boolean;
  terminationProtection: boolean;
  /** Recorded and given back; nothing is held to it. */
  policy: string | undefined;
  pendingRollback: PendingRollback | undefined;
  /** Last token of each action, with the request it came with. */
  readonly tokens: Map<string, string>;
  changeSetId: string | undefined;
  drift: { readonly status: string; readonly at: Date | undefined };
}
