import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { Stack, StackResource } from '../aws/cloudformation-stacks.js';
import type { DbCluster } from '../aws/rds-clusters.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import type { OwningStack } from './stack-ending.js';

export interface OwningStackDeps {
  readonly cloudFormation: Pick<
    CloudFormationGateway,
    'findStack' | 'getTemplate' | 'listResources' | 'listImporters' | 'readStackDetails'
  >;
  readonly secrets: Pick<SecretsGateway, 'findSecret'>;
  readonly templates: Pick<TemplateTools, 'read'>;
}

/** A stack, and the logical id that the source has in it. */
export interface Owner {
  readonly stack: Stack;
  readonly source: string;
  readonly resources: readonly StackResource[];
}

type Used = OwningStack['target'];

/** CloudFormation puts it on what it makes, and leaves it on what it retains: only the list of resources proves it. */
const stackTag = 'aws:cloudformation:stack-name';

/** The stack that owns the instance now; undefined when it lives outside of any. */
export async function findOwner(
  deps: Pick<OwningStackDeps, 'cloudFormation'>,
  { source }: Config,
  instance: DbInstance,
): Promise<Owner | undefined> {
  const name = source.stack ?? instance.tags[stackTag];
  const stack = name === undefined ? undefined : await deps.cloudFormation.findStack(name);
  if (stack === undefined) return undefined;
  const resources = await listStanding(deps, stack.name);
  const own = resources.find(
    ({ type, physicalId }) =>
      type === 'AWS::RDS::DBInstance' && physicalId.toLowerCase() === instance.identifier.toLowerCase(),
  );
  return own === undefined ? undefined : { stack, source: own.logicalId, resources };
}

/** All that decides whether the stack may go with the source. */
export async function readOwningStack(
  { cloudFormation, secrets, templates }: OwningStackDeps,
  { source }: Config,
  { stack, source: logicalId, resources }: Owner,
  target: Used,
): Promise<OwningStack> {
  const { terminationProtection } = await cloudFormation.readStackDetails(stack.name);
  const imports: string[] = [];
  for (const { exportName } of stack.exports)
    for (const importer of await cloudFormation.listImporters(exportName))
      imports.push(`${exportName} by ${importer}`);
  return {
    template: templates.read(await cloudFormation.getTemplate(stack.name, 'Original')),
    secretArn: (await secrets.findSecret(source.secret))?.arn,
    source: logicalId,
    ...{ resources, target, terminationProtection, imports },
  };
}

/** What only the source used, and no stack will take away: for a person to delete. */
export async function findLeftovers(
  deps: Pick<OwningStackDeps, 'cloudFormation'>,
  { source, target }: Config,
  instance: DbInstance,
  used: Used,
): Promise<string[]> {
  const owned = new Set<string>();
  for (const name of new Set([source.stack, target.stack]))
    if (name !== undefined && (await deps.cloudFormation.findStack(name)) !== undefined)
      for (const { physicalId } of await listStanding(deps, name)) owned.add(physicalId);
  const isLeft = (name: string): boolean =>
    !owned.has(name) && ![used.subnetGroup, used.parameterGroup, ...used.securityGroups].includes(name);
  const groups = instance.subnetGroup === undefined ? [] : [instance.subnetGroup];
  return [
    ...groups.filter(isLeft).map((name) => `aws rds delete-db-subnet-group --db-subnet-group-name ${name}`),
    ...instance.parameterGroups
      .filter((name) => isLeft(name) && !name.startsWith('default.'))
      .map((name) => `aws rds delete-db-parameter-group --db-parameter-group-name ${name}`),
    ...instance.securityGroups.filter(isLeft).map((id) => `aws ec2 delete-security-group --group-id ${id}`),
  ];
}

async function listStanding(
  { cloudFormation }: Pick<OwningStackDeps, 'cloudFormation'>,
  stack: string,
): Promise<StackResource[]> {
  const resources = await cloudFormation.listResources(stack);
  return resources.filter(({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED');
}

/** What the target uses, so that nothing of it is taken away. */
export function usedBy(cluster: DbCluster | undefined): Used {
  return {
    subnetGroup: cluster?.subnetGroup,
    parameterGroup: cluster?.parameterGroup,
    securityGroups: cluster?.securityGroups ?? [],
  };
}
