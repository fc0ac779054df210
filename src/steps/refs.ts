import { z } from 'zod';
import { deployedStack, ref, type OutputOf } from './ref-shapes.js';

export * from './finalize-refs.js';
export * from './hydrate-refs.js';
export * from './fresh-refs.js';
export * from './replace-refs.js';
export * from './snapshot-refs.js';

/** Where a database is and who logs in; the password is read from `secret` when a session opens, and stays there. */
export const serverSchema = z.strictObject({
  host: z.string(),
  port: z.number().int(),
  database: z.string(),
  user: z.string(),
  secret: z.string(),
});
export type ServerRef = z.output<typeof serverSchema>;

/** Facts found and pinned before anything changes. */
export const checkReadiness = ref(
  'check-readiness',
  z.strictObject({
    account: z.string(),
    region: z.string(),
    callerArn: z.string(),
    source: z.strictObject({
      arn: z.string(),
      identifier: z.string(),
      engineVersion: z.string(),
      encrypted: z.boolean(),
      kmsKeyId: z.string().nullable(),
      subnetGroup: z.string().nullable(),
      securityGroups: z.array(z.string()),
      /** Runs of earlier versions did not write it down. */
      instanceClass: z.string().optional(),
      multiAz: z.boolean().optional(),
      iamAuthentication: z.boolean().optional(),
      server: serverSchema,
    }),
    targetEngineVersion: z.string(),
    /** Version of pg_dump/pg_restore to use and the folder they are in. */
    clients: z.strictObject({ major: z.number().int(), version: z.string(), binDir: z.string() }),
    databaseBytes: z.number(),
  }),
);

/** In place: what the old stack will leave alone, and the template it had before. */
export const retainSource = ref(
  'retain-source',
  z.strictObject({
    stackId: z.string(),
    /** Logical ids with DeletionPolicy and UpdateReplacePolicy Retain, proven by the processed template. */
    retained: z.array(z.string()),
  }),
);

export const deployTargetTemplate = ref('deploy-target-template', deployedStack);

export const runDeployCommand = ref('run-deploy-command', deployedStack);

export const createCluster = ref(
  'create-cluster',
  z.strictObject({ clusterIdentifier: z.string(), clusterArn: z.string() }),
);

export const createWriter = ref(
  'create-writer',
  z.strictObject({ instanceIdentifier: z.string(), instanceArn: z.string() }),
);

export const awaitTarget = ref(
  'await-target',
  z.strictObject({
    clusterIdentifier: z.string(),
    clusterArn: z.string(),
    instanceIdentifier: z.string(),
    instanceArn: z.string(),
    engineVersion: z.string(),
    minAcu: z.number(),
    maxAcu: z.number(),
    stack: z.string().nullable(),
    server: serverSchema,
  }),
);

export const pauseWriters = ref(
  'pause-writers',
  z.strictObject({
    application: z
      .strictObject({
        cluster: z.string(),
        service: z.string(),
        desiredCount: z.number().int(),
        /** What Application Auto Scaling was kept from doing before we suspended it; null when we did not. */
        previousSuspension: z
          .strictObject({ in: z.boolean(), out: z.boolean(), scheduled: z.boolean() })
          .nullable(),
      })
      .nullable(),
    database: z.strictObject({
      previousDefaultReadOnly: z.string().nullable(),
      sessionsEnded: z.number().int(),
    }),
    pausedAt: z.string(),
    lsn: z.string(),
  }),
);

/** The whole fingerprint is a file of the run directory; the journal holds its hash. */
export const fingerprintSource = ref(
  'fingerprint-source',
  z.strictObject({ file: z.string(), sha256: z.string(), tables: z.number().int(), rows: z.number() }),
);

export const dumpDatabase = ref(
  'dump-database',
  z.strictObject({
    directory: z.string(),
    manifestSha256: z.string(),
    bytes: z.number(),
    compression: z.string(),
    clientVersion: z.string(),
  }),
);

export const prepareTarget = ref(
  'prepare-target',
  z.strictObject({
    /** Comment on the target database that marks it as made by this run. */
    marker: z.string(),
    databaseCreated: z.boolean(),
    rolesCreated: z.array(z.string()),
    rolesWithoutPassword: z.array(z.string()),
    extensions: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  }),
);

export const restoreDatabase = ref(
  'restore-database',
  z.strictObject({
    ignoredErrors: z.array(z.strictObject({ rule: z.string(), text: z.string() })),
    tables: z.number().int(),
    maintenanceWorkMemBytes: z.number(),
  }),
);

/** The same by the stream engine. */
export const streamDatabase = ref(
  'stream-database',
  z.strictObject({
    ignoredErrors: z.array(z.strictObject({ rule: z.string(), text: z.string() })),
    tables: z.number().int(),
    parts: z.number().int(),
    maintenanceWorkMemBytes: z.number(),
  }),
);

export const analyzeTarget = ref('analyze-target', z.strictObject({ tables: z.number().int() }));

/**
 * One line of a comparison. `not-compared` is never success. `older`: the target has what a given snapshot had, and the
 * source has moved on since, which somebody has accepted.
 */
export const comparisonSchema = z.strictObject({
  item: z.string(),
  result: z.enum(['match', 'differ', 'not-compared', 'older']),
  source: z.string().optional(),
  target: z.string().optional(),
  detail: z.string().optional(),
});
export type Comparison = z.output<typeof comparisonSchema>;
export const isFailure = ({ result }: Comparison): boolean => result !== 'match' && result !== 'older';

export const verifyData = ref('verify-data', z.strictObject({ comparisons: z.array(comparisonSchema) }));

export const switchSecret = ref(
  'switch-secret',
  z.strictObject({
    secretArn: z.string(),
    versionId: z.string(),
    previousVersionId: z.string(),
    switchedAt: z.string(),
  }),
);

export const resumeApplication = ref(
  'resume-application',
  z.strictObject({ desiredCount: z.number().int().nullable(), resumedAt: z.string() }),
);

export const checkResultSchema = z.strictObject({
  check: z.string(),
  result: z.enum(['pass', 'fail', 'not-checked']),
  detail: z.string(),
});
export type CheckResult = z.output<typeof checkResultSchema>;

export const validateTarget = ref(
  'validate-target',
  z.strictObject({ checks: z.array(checkResultSchema), comparisons: z.array(comparisonSchema) }),
);

export const writeReport = ref('write-report', z.strictObject({ files: z.array(z.string()) }));

export type TargetFacts = OutputOf<typeof awaitTarget>;
export type PausedWriters = OutputOf<typeof pauseWriters>;
export type SecretSwitch = OutputOf<typeof switchSecret>;
export type ResumedApplication = OutputOf<typeof resumeApplication>;
