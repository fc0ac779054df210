import type { DbCluster } from '../aws/rds-clusters.js';
import type { StackResource } from '../aws/cloudformation-stacks.js';
import type { StackTemplate, TemplateResource } from '../aws/stack-template.js';

/** The stack that owns the source, as it was read. */
export interface OwningStack {
  readonly template: StackTemplate;
  readonly resources: readonly StackResource[];
  /** Logical id of the source. */
  readonly source: string;
  /** ARN of the secret that the application uses. */
  readonly secretArn: string | undefined;
  readonly target: Pick<DbCluster, 'subnetGroup' | 'securityGroups' | 'parameterGroup'>;
  readonly terminationProtection: boolean;
  /** `EXPORT by STACK`, for every export that is in use. */
  readonly imports: readonly string[];
}

export interface StackEnding {
  readonly ending: 'stack' | 'instance';
  readonly keep: string[];
  readonly stays: string[];
}

/** What serves a database alone: without the source nobody misses it. Everything else may serve the application. */
const servesDatabase = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::RDS::OptionGroup',
]);

const attachment = 'AWS::SecretsManager::SecretTargetAttachment';

/**
 * Whether the stack may go with its source, or has to stay because it owns what lives on. The secret and its attachments
 * are kept in either case: CloudFormation deletes a secret without recovery window, and takes the host out of it when an
 * attachment goes. Sources: "DeletionPolicy attribute", SecretTargetAttachment in the template reference.
 */
export function judgeStackEnding(stack: OwningStack): StackEnding {
  const keep = stack.resources.filter((one) => isKept(stack, one)).map(({ logicalId }) => logicalId);
  const stays = [
    ...stack.resources
      .filter(({ logicalId }) => logicalId !== stack.source && !keep.includes(logicalId))
      .flatMap((one) => reasonToStay(stack, one)),
    ...(stack.terminationProtection ? ['it has termination protection'] : []),
    ...stack.imports.map((one) => `its export ${one} is in use`),
    ...(retains(declared(stack, stack.source)) ? ['its template says Retain for the source'] : []),
  ];
  return { ending: stays.length > 0 ? 'instance' : 'stack', keep, stays };
}

function isKept(stack: OwningStack, { logicalId, physicalId, type }: StackResource): boolean {
  if (type === 'AWS::SecretsManager::Secret') return physicalId === stack.secretArn;
  if (type !== attachment) return false;
  const references = declared(stack, logicalId)?.references ?? [];
  const secret = stack.resources.find((one) => one.physicalId === stack.secretArn)?.logicalId;
  return references.some((id) => id === stack.source || id === secret);
}

function reasonToStay(stack: OwningStack, { logicalId, physicalId, type }: StackResource): string[] {
  if (retains(declared(stack, logicalId))) return [];
  const { subnetGroup, parameterGroup, securityGroups } = stack.target;
  if ([subnetGroup, parameterGroup, ...securityGroups].includes(physicalId))
    return [`the Aurora cluster uses ${logicalId} (${physicalId})`];
  return servesDatabase.has(type) ? [] : [`it owns ${logicalId} (${type})`];
}

function declared({ template }: OwningStack, logicalId: string): TemplateResource | undefined {
  return template.resources.find((one) => one.logicalId === logicalId);
}

function retains(resource: TemplateResource | undefined): boolean {
  const policy = resource?.deletionPolicy;
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}
