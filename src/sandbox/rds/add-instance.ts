import { AwsError } from '../service.js';
import { newResourceId, arnOf, type Rds } from './rds.js';
import type { DbInstance } from './resources.js';

/** Instances that an account may have in a Region by default (RDS User Guide, "Quotas and constraints"). */
export const instanceQuota = 40;

/** @throws AwsError when the identifier is taken or the quota is used up. */
export function requireRoomForInstance(rds: Rds, identifier: string): void {
  if (rds.store.instances.has(identifier))
    throw new AwsError('DBInstanceAlreadyExists', 'DB instance already exists');
  if (rds.store.instances.size >= instanceQuota) {
    throw new AwsError('InstanceQuotaExceeded', `Cannot create more than ${instanceQuota} DB instances`);
  }
}

type Given = Pick<
  DbInstance,
  | 'identifier' | 'engine' | 'engineVersion' | 'instanceClass' | 'masterUsername' | 'databaseName' | 'database'
  | 'clusterIdentifier' | 'subnetGroup' | 'securityGroups' | 'parameterGroup' | 'attributes' | 'tags'
>; // prettier-ignore

/** Puts a new instance into the world, in state `creating`. */
export function addInstance(rds: Rds, given: Given): DbInstance {
  requireRoomForInstance(rds, given.identifier);
  const instance: DbInstance = {
    ...given,
    kind: 'db-instance',
    arn: arnOf(rds, 'db', given.identifier),
    resourceId: newResourceId(rds, 'db'),
    status: 'creating',
    job: {},
    createdAt: rds.context.clock.now(),
    hasEndpoint: false,
    parameterApplyStatus: 'in-sync',
    pending: {},
  };
  rds.store.instances.set(instance.identifier, instance);
  rds.scripted.appeared(instance);
  return instance;
}
