import { writeSync } from 'node:fs';
import type { JournalRecord } from './record.js';

/**
 * Places where a test ends the process by SIGKILL, to prove that a run survives it there.
 *
 * For record `n` (its `seq`): `before-record` nothing of the line is written, `torn-record` half of it is,
 * `after-write` all of it is but not fsynced, `after-fsync` it is safe.
 * For mutating call `n` (its `intent` number): `before-call` the intent is safe and the call not made,
 * `after-call` the call came back and its effect is not yet written.
 *
 * Both numbers count over the whole run, resumed or not: the points of an undisturbed run are therefore 4 × the last
 * `seq` of its journal plus 2 × its last `intent`.
 *
 * A place has a name too, which stays when a resumed run numbers its records anew: `<step>/<call>@<key>` for a call,
 * `<step>/<type>` for a record, with the call and its key after it where the record is of one; `@<key>` may be left out.
 * `#<k>` is the k-th time that this process comes there.
 */
export const crashPhases = [
  'before-record',
  'torn-record',
  'after-write',
  'after-fsync',
  'before-call',
  'after-call',
] as const;
export type CrashPhase = (typeof crashPhases)[number];

/** Called at every such place; `prepare` is carried out only when the process is to end there. */
export type CrashPoint = (phase: CrashPhase, n: number, place: string, prepare?: () => void) => void;

/** The name of the place where a record is written; `earlier` holds the records before it. */
export function placeOf(record: JournalRecord, earlier: readonly JournalRecord[]): string {
  const step = 'step' in record ? record.step : undefined;
  const place = `${step ?? 'run'}/${record.type}`;
  if (record.type !== 'intent' && record.type !== 'effect') return place;
  const intent = [...earlier, record].find((one) => one.type === 'intent' && one.intent === record.intent);
  const [header] = earlier;
  if (intent?.type !== 'intent' || header?.type !== 'run-created') return place;
  return `${place} of ${nameCall(intent, header.run)}`;
}

/** A call and what it is made for: the same in every run, and without the characters that lists of places are made of. */
export function nameCall(
  { call, key }: { readonly call: string; readonly key: string },
  run: string,
): string {
  return `${call}@${key.replaceAll(run, 'RUN')}`.replace(/[,#]/g, '_');
}

/** What a process that nobody tests passes. */
export const noCrash: CrashPoint = () => undefined;

/**
 * Reads the value of RDS2AURORA_CRASH_AT (for tests) into a crash point that calls `kill` with where it is: one or more
 * `<n>:<phase>` or `<place>#<k>:<phase>`, separated by commas. Returns undefined for anything else.
 */
export function parseCrashPoint(text: string, kill: (where: string) => void): CrashPoint | undefined {
  const wanted = new Set(text.split(','));
  if (![...wanted].every(isCrashPoint)) return undefined;
  const visits = new Map<string, number>();
  const nameVisit = (place: string, phase: CrashPhase): string => {
    const visit = (visits.get(`${place}:${phase}`) ?? 0) + 1;
    visits.set(`${place}:${phase}`, visit);
    return `${place}#${visit}:${phase}`;
  };
  return (phase, n, place, prepare) => {
    const names = [...new Set([place, place.replace(/@.*/, '')])];
    const points = [`${n}:${phase}`, ...names.map((name) => nameVisit(name, phase))];
    const where = points.find((point) => wanted.has(point));
    if (where === undefined) return;
    prepare?.();
    kill(where);
  };
}

function isCrashPoint(text: string): boolean {
  const [, phase] = /^(?:\d+|[^,#]+#\d+):([a-z-]+)$/.exec(text) ?? [];
  return crashPhases.some((known) => known === phase);
}

/** Ends this process at once, as a power cut would: no handler runs, nothing is flushed but where it was. */
export function killThisProcess(where: string): never {
  writeSync(process.stderr.fd, `killed at ${where}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment to arrive; nothing may run meanwhile.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}
