import { z } from 'zod';
import { liveShape, wayBackSchema } from './live-schema.js';

/** Shapes of what commands put under `result`; `schemas/` holds them as JSON Schemas. Commands import types only. */

export const runStateSchema = z.enum([
  'running',
  'failed',
  'interrupted',
  'finished',
  'finalizing',
  'finalized',
  'rolling-back',
  'rolled-back',
  'unreadable',
]);
export type RunStateName = z.output<typeof runStateSchema>;

export const runSummarySchema = z.strictObject({
  run: z.string(),
  state: runStateSchema,
  path: z.string().nullable(),
  source: z.string().nullable(),
  target: z.string().nullable(),
  startedAt: z.string().nullable().describe('ISO 8601, UTC'),
  lastAt: z.string().nullable().describe('Time of the last journal record'),
  stepsDone: z.number().int(),
  steps: z.number().int(),
  problem: z.string().nullable().describe('Why the journal cannot be read'),
});
export type RunSummary = z.output<typeof runSummarySchema>;

export const runsSchema = z.strictObject({ runs: z.array(runSummarySchema) });
export type RunsResult = z.output<typeof runsSchema>;

export const pruneSchema = z.strictObject({
  removed: z.boolean().describe('False when it was only shown, and when there was nothing to remove'),
  runs: z.array(
    z.strictObject({
      run: z.string(),
      state: runStateSchema,
      endedAt: z.string().describe('Time of the last journal record'),
      bytes: z.number().int().describe('Of all that goes: journal, dump, reports, sealed secrets'),
      places: z.array(z.string()).describe('Folders that go'),
    }),
  ),
  bytes: z.number().int(),
  kept: z
    .array(z.strictObject({ run: z.string(), because: z.string() }))
    .describe('Old enough, and kept all the same'),
});
export type PruneResult = z.output<typeof pruneSchema>;

const holderSchema = z.strictObject({
  user: z.string(),
  host: z.string(),
  pid: z.number().int(),
  command: z.string(),
  since: z.string(),
});

export const lockSchema = z.strictObject({
  holder: holderSchema.nullable().describe('Null when the lock cannot be read'),
  alive: z.enum(['alive', 'dead', 'unknown']),
});
export type LockResult = z.output<typeof lockSchema>;

export const statusStepSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum([
    'pending',
    'started',
    'succeeded',
    'verified',
    'failed',
    'undo-started',
    'undo-failed',
    'undone',
  ]),
  attempts: z.number().int(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  milliseconds: z.number().nullable().describe('Of the last attempt, once it has ended'),
  error: z.strictObject({ code: z.string(), what: z.string() }).nullable(),
  observed: z.record(z.string(), z.string()).describe('Last state seen of each resource'),
});
export type StatusStep = z.output<typeof statusStepSchema>;

export const pendingCallSchema = z.strictObject({ step: z.string(), call: z.string(), key: z.string() });

export const statusSchema = z.strictObject({
  ...runSummarySchema.shape,
  directory: z.string(),
  sequence: z.number().int().describe('Number of the last journal record'),
  stepStates: z.array(statusStepSchema),
  pending: z.array(pendingCallSchema).describe('Calls written down and begun, whose effect nobody knows yet'),
  lock: lockSchema.nullable(),
  warnings: z.array(z.string()),
  ...liveShape,
  byHand: wayBackSchema.nullable(),
});
export type StatusResult = z.output<typeof statusSchema>;

export const unlockSchema = z.strictObject({
  run: z.string(),
  freed: z.boolean().describe('False when nothing was locked'),
  lock: lockSchema.nullable().describe('Who held it'),
});
export type UnlockResult = z.output<typeof unlockSchema>;

const problemSchema = z.strictObject({
  code: z.string(),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
});

const secondsSchema = z.tuple([z.number(), z.number()]).describe('[low, high], seconds');

const stepPlanSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('change'),
    effects: z.array(z.string()),
    calls: z.array(z.string()).optional(),
    loses: z
      .strictObject({ what: z.string(), name: z.string() })
      .optional()
      .describe('What will not be there afterwards, and the name that --confirm wants for it'),
    details: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Facts behind the effects; `givenUp` lists what a fresh start loses'),
  }),
  z.strictObject({ kind: z.literal('satisfied'), because: z.string() }),
  z.strictObject({ kind: z.literal('blocked'), problems: z.array(problemSchema) }),
]);

const usdSchema = z.tuple([z.number(), z.number()]).describe('[low, high], USD');

const costSchema = z.strictObject({
  currency: z.literal('USD'),
  region: z.string(),
  asOf: z.string().describe('Year and month of the price list'),
  lines: z.array(
    z.strictObject({
      what: z.string(),
      per: z.enum(['hour', 'month']),
      usd: usdSchema.nullable().describe('Null when the price is not known'),
      basis: z.string(),
    }),
  ),
  bothPerHour: usdSchema.nullable().describe('Instance and cluster, while both run'),
  remark: z.string(),
});

export const planSchema = z.strictObject({
  path: z.string(),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      plan: stepPlanSchema,
      reversal: z.strictObject({
        kind: z.enum(['undo', 'nothing-to-undo', 'point-of-no-return']),
        because: z.string().optional(),
      }),
      undoNote: z.array(z.string()),
      typicalSeconds: secondsSchema.optional(),
      writersPaused: z.boolean(),
      notes: z.array(z.string()),
    }),
  ),
  problems: z.array(problemSchema),
  totalSeconds: secondsSchema,
  downtimeSeconds: secondsSchema,
  basis: z.array(z.string()).describe('What the times were estimated from'),
  cost: costSchema.nullable().describe('An estimate; null when the source could not be measured'),
});
export type PlanResult = z.output<typeof planSchema>;

export const checkSchema = z.strictObject({
  check: z.string(),
  result: z.enum(['pass', 'fail', 'not-checked']),
  detail: z.string(),
});

export const comparisonSchema = z.strictObject({
  item: z.string(),
  result: z.enum(['match', 'differ', 'not-compared', 'older']),
  source: z.string().optional(),
  target: z.string().optional(),
  detail: z.string().optional(),
});

export const migrateSchema = z.strictObject({
  run: z.string(),
  path: z.string(),
  alreadyFinished: z.boolean(),
  source: z.string(),
  target: z.string(),
  downtimeMilliseconds: z
    .number()
    .nullable()
    .describe('From the pause of the writers to the application back'),
  checks: z.array(checkSchema),
  comparisons: z.array(comparisonSchema),
  reports: z.array(z.string()).describe('Files'),
  givenUp: z
    .strictObject({
      databases: z.number().int(),
      tables: z.number().int(),
      rows: z.number(),
      exact: z.boolean().describe('False when rows were estimated'),
      bytes: z.number(),
      lastWrite: z.string().nullable(),
      finalSnapshot: z.string().nullable(),
    })
    .optional()
    .describe('Only of a fresh start: what the source held, and the target does not'),
});
export type MigrateResult = z.output<typeof migrateSchema>;

export const validateSchema = z.strictObject({
  target: z.string(),
  checks: z.array(checkSchema),
  comparisons: z.array(comparisonSchema),
});
export type ValidateResult = z.output<typeof validateSchema>;

export const finalizeSchema = z.strictObject({
  run: z.string(),
  done: z.boolean().describe('False for a dry run'),
  alreadyFinalized: z.boolean(),
  source: z.string(),
  ending: z
    .enum(['stack', 'instance'])
    .nullable()
    .describe('What goes: the old stack as a whole, or the instance alone; null before it was looked at'),
  lastSnapshot: z.string().nullable(),
  deletedAt: z.string().nullable().describe('ISO 8601, UTC'),
  remarks: z.array(z.string()).describe('What is left to a person'),
  plan: planSchema.nullable().describe('Of a dry run'),
});
export type FinalizeResult = z.output<typeof finalizeSchema>;

export const rollbackSchema = z.strictObject({
  run: z.string(),
  done: z.boolean().describe('False for a dry run'),
  alreadyRolledBack: z.boolean().describe('True when nothing was left to take back'),
  steps: z.array(z.strictObject({ id: z.string(), title: z.string(), note: z.array(z.string()) })),
  stopsAt: z
    .strictObject({ id: z.string(), because: z.string() })
    .nullable()
    .describe('A step with no way back'),
});
export type RollbackResult = z.output<typeof rollbackSchema>;
