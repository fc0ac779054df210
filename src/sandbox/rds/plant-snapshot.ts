import type { PlantedSnapshot } from '../service.js';
import { invalidValue } from './errors.js';
import type { Rds } from './rds.js';
import type { Snapshot } from './resources.js';
import { describeSnapshot, fillSnapshot, snapshotArn } from './snapshots.js';

/**
 * Makes a snapshot that no call of this account makes: one that RDS takes in the backup window, or one of the same data
 * that another account shares. Resolves once it is `available`.
 */
export async function plantSnapshot(rds: Rds, planted: PlantedSnapshot): Promise<void> {
  const { identifier, type, owner = '999988887777', kmsKeyId, ageMs = 0 } = planted;
  const source = rds.store.instance(planted.instance);
  if ((type === 'automated') !== identifier.startsWith('rds:'))
    throw invalidValue(`${identifier}: the names of automated snapshots, and of no others, begin with rds:`);
  if (type === 'shared' && kmsKeyId?.includes('aws/rds') === true)
    throw invalidValue('A snapshot that is encrypted with the default key aws/rds cannot be shared.');
  const takenAt = new Date(rds.context.clock.now().getTime() - ageMs);
  const plain = describeSnapshot(rds, source, identifier, new Map());
  const arn = snapshotArn(rds, 'db-snapshot', identifier);
  const snapshot: Snapshot = {
    ...plain,
    type,
    arn: type === 'shared' ? arn.replace(rds.context.accountId, owner) : arn,
    createdAt: takenAt,
    originalCreatedAt: takenAt,
    attributes:
      kmsKeyId === undefined
        ? plain.attributes
        : { ...plain.attributes, StorageEncrypted: true, KmsKeyId: kmsKeyId },
  };
  await fillSnapshot(rds, snapshot, () => source.database.copy());
  snapshot.status = 'available';
}
