import { z } from 'zod';
import { jsonObject, jsonValue } from './json.js';

/** The journal format this version writes. Raised when a record's shape or meaning changes. */
export const currentFormat = 1;

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const step = z.string().min(1);
const milliseconds = z.number().min(0);

function record<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.strictObject({
    /** 1 for the header, then one more each line, without gaps. */
    seq: z.number().int().min(1),
    /** `hash` of the line before; 64 zeros for the header. */
    prev: hex,
    hash: hex,
    at: z.iso.datetime(),
    type: z.literal(type),
    ...shape,
  });
}

const failure = { code: z.string(), message: z.string() };

export const headerSchema = record('run-created', {
  format: z.number().int().min(1),
  toolVersion: z.string(),
  run: z.string(),
  path: z.string(),
  steps: z.array(
    z.strictObject({
      id: step,
      title: z.string(),
      /** [low, high] as planned; absent where nothing is to be done, and in older journals. */
      seconds: z.tuple([milliseconds, milliseconds]).optional(),
    }),
  ),
  /** The configuration as it was planned; it names secrets and holds none. */
  config: jsonObject,
  configHash: hex,
  source: z.string(),
  target: z.string(),
  /** A witness stands beside the journal, without which it is not believed. Absent in older journals. */
  witness: z.literal(true).optional(),
});

export const recordSchema = z.discriminatedUnion('type', [
  headerSchema,
  /** A process took the run: everything up to the next such record is its work. */
  record('session-opened', {
    purpose: z.enum(['run', 'resume', 'rollback', 'finalize']),
    epoch: z.number().int(),
    toolVersion: z.string(),
    pid: z.number().int(),
    host: z.string(),
    user: z.string(),
    command: z.string(),
  }),
  /** A holder on another machine that gave no sign of life was overtaken: nothing that it writes from here on is taken. */
  record('taken-over', { epoch: z.number().int() }),
  record('started', { step, attempt: z.number().int().min(1) }),
  /** Written and fsynced before a mutating call. `intent` numbers the calls of the whole run from 1. */
  record('intent', {
    step,
    intent: z.number().int().min(1),
    call: z.string(),
    key: z.string(),
    before: jsonObject.optional(),
  }),
  /** The call of that intent came back. An intent without one may or may not have been carried out. */
  record('effect', {
    step,
    intent: z.number().int().min(1),
    ms: milliseconds,
    requestId: z.string().optional(),
    arn: z.string().optional(),
    detail: jsonObject.optional(),
  }),
  record('observed', { step, resource: z.string(), state: z.string() }),
  record('succeeded', { step, output: jsonValue, ms: milliseconds }),
  record('verified', { step }),
  /** The attempt came to nothing, or its output does not hold: the step is run again on resume. */
  record('failed', { step, ...failure }),
  /** Verification did not come to an end, or a finished step holds no longer. Its output stands; resume verifies again. */
  record('not-verified', { step, ...failure }),
  /** The process gave up where `resume` goes on. */
  record('stopped', {
    reason: z.enum(['signal', 'disk-full']),
    signal: z.string().optional(),
    step: step.optional(),
  }),
  record('finished', {}),
  /** The life of the source is to be ended: these steps follow those of the header, in the same journal. */
  record('finalize-begun', { steps: z.array(z.strictObject({ id: step, title: z.string() })).min(1) }),
  record('finalized', {}),
  record('undo-started', { step }),
  record('undone', { step, because: z.string(), ms: milliseconds }),
  record('undo-failed', { step, ...failure }),
  /** Nothing more to take back; `stoppedAt` names the point of no return that ended the walk. */
  record('rolled-back', { stoppedAt: step.nullable() }),
]);

export type JournalRecord = z.output<typeof recordSchema>;
export type JournalHeader = z.output<typeof headerSchema>;

type Chained = 'seq' | 'prev' | 'hash' | 'at';
type Body<Whole> = Whole extends unknown ? Omit<Whole, Chained> : never;

/** What a writer supplies; number, time and chain are added by the appender. */
export type RecordBody = Body<JournalRecord>;
