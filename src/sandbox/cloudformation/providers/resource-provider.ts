import type { SandboxContext } from '../../service.js';
import type { TemplateObject, TemplateValue } from '../template/template-value.js';
import type { ObjectSchema } from './schema.js';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A resource as it stands: its physical id (what `Ref` yields) and the values `Fn::GetAtt` yields. */
export interface LiveResource {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, TemplateValue>>;
}

/** What every call of a provider is told. `properties` are typed by the schema, dynamic references resolved. */
export interface ResourceRequest {
  readonly context: SandboxContext;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: TemplateObject;
  /** The tags of the resource, then those of the stack, then CloudFormation's own. */
  readonly tags: readonly Tag[];
  /** Twelve random letters and digits, the end of every name that CloudFormation makes up. */
  readonly suffix: string;
}

export interface CreateRequest extends ResourceRequest {
  /** To be called as soon as the resource exists in AWS, before the wait for it: a rollback deletes what was started. */
  started(physicalId: string): void;
}

export interface UpdateRequest extends ResourceRequest {
  readonly physicalId: string;
  readonly previous: TemplateObject;
  readonly previousTags: readonly Tag[];
  /** The update undoes one that failed. */
  readonly isRollback: boolean;
  readonly attributes: Readonly<Record<string, TemplateValue>>;
}

export interface DeleteRequest extends ResourceRequest {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, TemplateValue>>;
  /** Set when the policy says `Snapshot`: the name of the snapshot to take. */
  readonly snapshot?: string;
}

/** What stands behind one resource type. Errors of `context.call` pass through: the engine words them. */
export interface ResourceProvider {
  readonly type: string;
  readonly schema: ObjectSchema;
  /** Properties that cannot change on a standing resource: a change makes a new one. */
  readonly createOnly: readonly string[];
  /** Properties that sometimes cannot change; the resource's handler decides. */
  readonly conditionalCreateOnly?: readonly string[];
  /** Which conditional properties need a new resource for this change. */
  needsReplacement?(previous: TemplateObject, desired: TemplateObject): readonly string[];
  /** The property that names the resource, when a template may set it. */
  readonly nameProperty?: string;
  /** Names `Fn::GetAtt` accepts; a trailing `.*` accepts any name below. */
  readonly attributes: readonly string[];
  /** Present when the type takes part in `DeletionPolicy: Snapshot`; `defaultFor` says when that is its default. */
  readonly snapshots?: { defaultFor(properties: TemplateObject): boolean };
  /** Properties that a read never shows, so that drift detection leaves them out. */
  readonly writeOnly?: readonly string[];
  /** For resource import: the properties that make up the identifier. */
  readonly identifier?: readonly string[];
  create(request: CreateRequest): Promise<LiveResource>;
  update(request: UpdateRequest): Promise<LiveResource>;
  delete(request: DeleteRequest): Promise<void>;
  /** The live properties and attributes; undefined when the resource is gone. */
  read?(request: ReadRequest): Promise<ReadResource | undefined>;
}

export interface ReadRequest {
  readonly context: SandboxContext;
  readonly physicalId: string;
}

export interface ReadResource extends LiveResource {
  readonly properties: TemplateObject;
}
