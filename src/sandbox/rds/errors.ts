import { AwsError } from '../service.js';

/*
 * RDS errors by their wire codes (the `error.code` of the RDS service model, which drops "Fault" from the older ones),
 * with the texts that RDS sends.
 */

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombination', message);

/** Something that AWS can do and the sandbox cannot: refused by name, never pretended. */
export const unsupported = (what: string): AwsError =>
  new AwsError('InvalidParameterCombination', `${what} is not supported by the sandbox.`);

export const invalidInstanceState = (message: string): AwsError =>
  new AwsError('InvalidDBInstanceState', message);

export const invalidClusterState = (message: string): AwsError =>
  new AwsError('InvalidDBClusterStateFault', message);

export const instanceNotFound = (identifier: string): AwsError =>
  new AwsError('DBInstanceNotFound', `DBInstance ${identifier} not found.`, 404);

export const clusterNotFound = (identifier: string): AwsError =>
  new AwsError('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`, 404);

export const snapshotNotFound = (identifier: string): AwsError =>
  new AwsError('DBSnapshotNotFound', `DBSnapshot ${identifier} not found.`, 404);

export const clusterSnapshotNotFound = (identifier: string): AwsError =>
  new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${identifier} not found.`, 404);

export const subnetGroupNotFound = (name: string): AwsError =>
  new AwsError('DBSubnetGroupNotFoundFault', `DB subnet group '${name}' does not exist.`, 404);
