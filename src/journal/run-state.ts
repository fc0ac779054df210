import type { JsonValue } from './json.js';
import type { JournalHeader, JournalRecord } from './record.js';

/** One intent, with its effect when that was written. */
export interface CallState {
  readonly intent: number;
  readonly call: string;
  readonly key: string;
  readonly before?: Readonly<Record<string, JsonValue>>;
  readonly effect?: {
    readonly requestId?: string;
    readonly arn?: string;
    readonly detail?: Readonly<Record<string, JsonValue>>;
  };
}

/**
 * `started` without an end means: nobody knows how far it got. `succeeded`: has an output that was not verified yet.
 * `undo-started` likewise.
 */
export type StepStatus =
  'pending' | 'started' | 'succeeded' | 'verified' | 'failed' | 'undo-started' | 'undo-failed' | 'undone';

/** What the journal knows of one step. */
export interface StepState {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Output of the last success. */
  readonly output?: JsonValue;
  /** All mutating calls of all attempts, oldest first. */
  readonly calls: readonly CallState[];
  /** Last state seen of each resource. */
  readonly observed: Readonly<Record<string, string>>;
  /** Why the last attempt failed. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/**
 * The run as a whole. `unfinished` covers a run at work, one that failed and one that was killed; `finalizing` likewise
 * for the end of the source.
 */
export type RunOutcome =
  'unfinished' | 'finished' | 'finalizing' | 'finalized' | 'rolling-back' | 'rolled-back';

/** What a journal says, told in full. */
export interface RunState {
  readonly run: string;
  readonly header: JournalHeader;
  readonly outcome: RunOutcome;
  readonly createdAt: string;
  /** Time of the last record. */
  readonly lastAt: string;
  /** Number of the last record. */
  readonly seq: number;
  /** Those of the path, then those of `finalize` once that has begun. */
  readonly steps: readonly StepState[];
  /** When the last step of the path had ended well. */
  readonly finishedAt?: string;
  /** Ids of the steps of `finalize`; empty before it has begun. */
  readonly finalSteps: readonly string[];
  /** Calls whose effect is unknown: the process ended, or the call failed, between intent and effect. */
  readonly pending: readonly { readonly step: string; readonly call: string; readonly key: string }[];
  /** The last record, when it says that the process stopped where `resume` goes on. */
  readonly stopped?: { readonly reason: 'signal' | 'disk-full'; readonly signal?: string };
  /** Set when a rollback ended at a point of no return. */
  readonly rollbackStoppedAt?: string;
}

/** Reads the state of a run from its records; pure. The first record must be the header. */
export function foldRecords(records: readonly JournalRecord[]): RunState {
  const [header] = records;
  const last = records.at(-1);
  if (header?.type !== 'run-created' || last === undefined)
    throw new Error('a journal starts with its header');
  const final = records.find((record) => record.type === 'finalize-begun')?.steps ?? [];
  const finished = records.find((record) => record.type === 'finished');
  const steps = [...header.steps, ...final].map((step) => foldStep(step, records));
  const ended = records.findLast((record) => record.type === 'rolled-back');
  return {
    run: header.run,
    header,
    outcome: foldOutcome(records),
    createdAt: header.at,
    lastAt: last.at,
    seq: last.seq,
    steps,
    ...(finished !== undefined && { finishedAt: finished.at }),
    finalSteps: final.map((step) => step.id),
    pending: steps
      .filter(isOpen)
      .flatMap((step) =>
        step.calls.flatMap(({ effect, call, key }) =>
          effect === undefined ? [{ step: step.id, call, key }] : [],
        ),
      ),
    ...(last.type === 'stopped' && {
      stopped: { reason: last.reason, ...(last.signal !== undefined && { signal: last.signal }) },
    }),
    ...(ended?.stoppedAt != null && { rollbackStoppedAt: ended.stoppedAt }),
  };
}

function foldOutcome(records: readonly JournalRecord[]): RunOutcome {
  if (records.some((record) => record.type === 'rolled-back')) return 'rolled-back';
  const rollback = records.some(
    (record) => record.type === 'session-opened' && record.purpose === 'rollback',
  );
  if (rollback) return 'rolling-back';
  if (records.some((record) => record.type === 'finalized')) return 'finalized';
  if (records.some((record) => record.type === 'finalize-begun')) return 'finalizing';
  return records.some((record) => record.type === 'finished') ? 'finished' : 'unfinished';
}

function isOpen(step: StepState): boolean {
  return step.status !== 'verified' && step.status !== 'succeeded' && step.status !== 'undone';
}

type Draft = { -readonly [Key in keyof StepState]: StepState[Key] };

function foldStep(step: { id: string; title: string }, records: readonly JournalRecord[]): StepState {
  const draft: Draft = {
    id: step.id,
    title: step.title,
    status: 'pending',
    attempts: 0,
    calls: [],
    observed: {},
  };
  for (const record of records) {
    if ('step' in record && record.step === step.id) applyRecord(draft, record);
  }
  return draft;
}

function applyRecord(step: Draft, record: JournalRecord): void {
  switch (record.type) {
    case 'intent':
      step.calls = [...step.calls, describeCall(record)];
      return;
    case 'effect':
      step.calls = step.calls.map((call) => (call.intent === record.intent ? addEffect(call, record) : call));
      return;
    case 'observed':
      step.observed = { ...step.observed, [record.resource]: record.state };
      return;
    case 'started':
    case 'undo-started':
      step.status = record.type;
      if (record.type === 'started') step.attempts = record.attempt;
      step.startedAt = record.at;
      delete step.endedAt;
      return;
    case 'succeeded':
      step.output = record.output;
      delete step.failure;
      break;
    case 'failed':
    case 'undo-failed':
      step.failure = { code: record.code, message: record.message };
      break;
    case 'not-verified':
      if (step.status === 'succeeded') step.failure = { code: record.code, message: record.message };
      return;
    case 'verified':
      delete step.failure;
      break;
    case 'undone':
      break;
    default:
      return;
  }
  step.status = record.type;
  step.endedAt = record.at;
}

function describeCall(record: Extract<JournalRecord, { type: 'intent' }>): CallState {
  const { intent, call, key, before } = record;
  return { intent, call, key, ...(before !== undefined && { before }) };
}

function addEffect(call: CallState, record: Extract<JournalRecord, { type: 'effect' }>): CallState {
  const { requestId, arn, detail } = record;
  return {
    ...call,
    effect: {
      ...(requestId !== undefined && { requestId }),
      ...(arn !== undefined && { arn }),
      ...(detail !== undefined && { detail }),
    },
  };
}
