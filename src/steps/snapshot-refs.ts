import { z } from 'zod';
import { deployedStack, ref, type OutputOf } from './ref-shapes.js';

const snapshotFacts = z.strictObject({
  snapshotIdentifier: z.string(),
  snapshotArn: z.string(),
  engineVersion: z.string(),
  encrypted: z.boolean(),
  kmsKeyId: z.string().nullable(),
  /** When the data was as the snapshot has it; ISO 8601. */
  createdAt: z.string(),
});

/** A snapshot of the source that is proven `available`. */
export const takeSnapshot = ref('take-snapshot', snapshotFacts);

/** A snapshot that was there before the run, or the copy of one that another account shares. */
export const useSnapshot = ref(
  'use-snapshot',
  snapshotFacts.extend({
    /** ARN of the original. */
    copyOf: z.string().nullable(),
  }),
);

export const restoreCluster = ref(
  'restore-cluster',
  z.strictObject({ clusterIdentifier: z.string(), clusterArn: z.string() }),
);

/** Who can log in with the secret's password. */
export const setMasterPassword = ref('set-master-password', z.strictObject({ user: z.string() }));

export const updateExtensions = ref(
  'update-extensions',
  z.strictObject({
    updated: z.array(z.strictObject({ name: z.string(), from: z.string(), to: z.string() })),
  }),
);

/** What the snapshot took along from the pause of the writers. */
export const liftReadOnly = ref('lift-read-only', z.strictObject({ restored: z.string().nullable() }));

const parameter = z.strictObject({ name: z.string(), value: z.string(), restartNeeded: z.boolean() });

export const carryParameters = ref(
  'carry-parameters',
  z.strictObject({
    parameterGroup: z.string().nullable(),
    applied: z.array(parameter),
    left: z.array(parameter.extend({ why: z.string() })),
  }),
);

/** The stack without its database, and what the template says of the cluster, worked out by CloudFormation. */
export const prepareStack = ref(
  'prepare-stack',
  deployedStack.extend({ settings: z.record(z.string(), z.string()) }),
);

export const bringIntoStack = ref(
  'bring-into-stack',
  deployedStack.extend({
    imported: z.array(z.string()),
    /** Properties that are not as the template says. */
    drift: z.array(
      z.strictObject({
        logicalId: z.string(),
        property: z.string(),
        expected: z.string(),
        actual: z.string(),
      }),
    ),
  }),
);

export type SnapshotFacts = OutputOf<typeof takeSnapshot>;
