import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';
import {
  toInstanceSettings,
  toModifyRequest,
  toRestoreRequest,
  type InstanceSettings,
} from './rds-instance-settings.js';
import type { Tags } from './tags.js';

/** An instance that is to be made again, under the name and with the settings that it had. */
export interface ReturningInstance {
  readonly settings: InstanceSettings;
  readonly snapshot: string;
  /** Beside those it had. */
  readonly tags: Tags;
}

export interface InstanceReturnCalls {
  readInstanceSettings(identifier: string): Promise<InstanceSettings | undefined>;
  /** What `returnInstance` would ask for, as the AWS CLI takes it by `--cli-input-json`. */
  describeReturn(instance: ReturningInstance): object;
  /** `taken` when an instance of that name exists (perhaps from a lost reply). */
  returnInstance(
    instance: ReturningInstance,
  ): Promise<{ readonly outcome: 'created' | 'taken'; readonly arn?: string }>;
  /** What a restore cannot be asked for, set at once. */
  adjustInstance(wanted: InstanceSettings, found: InstanceSettings): Promise<void>;
}

export function createInstanceReturnCalls(clients: Pick<AwsClients, 'rds'>): InstanceReturnCalls {
  return {
    readInstanceSettings: async (identifier) => {
      try {
        const rds = await clients.rds();
        const found = await callAws('rds:DescribeDBInstances', identifier, () =>
          rds.describeDBInstances({ DBInstanceIdentifier: identifier }),
        );
        const [instance] = found.DBInstances ?? [];
        return instance === undefined ? undefined : toInstanceSettings(instance);
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },

    describeReturn: ({ settings, snapshot, tags }) => toRestoreRequest(settings, snapshot, tags),

    returnInstance: async ({ settings, snapshot, tags }) => {
      try {
        const rds = await clients.rds();
        const { DBInstance: made } = await callAws(
          'rds:RestoreDBInstanceFromDBSnapshot',
          settings.identifier,
          () => rds.restoreDBInstanceFromDBSnapshot(toRestoreRequest(settings, snapshot, tags)),
        );
        return {
          outcome: 'created',
          ...(made?.DBInstanceArn === undefined ? {} : { arn: made.DBInstanceArn }),
        };
      } catch (error) {
        if (isAwsError(error, 'AlreadyExists')) return { outcome: 'taken' };
        throw error;
      }
    },

    adjustInstance: async (wanted, found) => {
      const request = toModifyRequest(wanted, found);
      if (request === undefined) return;
      const rds = await clients.rds();
      await callAws('rds:ModifyDBInstance', wanted.identifier, () => rds.modifyDBInstance(request));
    },
  };
}
