import type { JournalRecord } from '../../src/journal/record.js';
import { seededRandom } from '../../src/sandbox/seeded-random.js';

/** A value of RDS2AURORA_CRASH_AT. */
export type KillPoint = `${number}:${string}`;

const recordPhases = ['before-record', 'torn-record', 'after-write', 'after-fsync'];
const callPhases = ['before-call', 'after-call'];

/** Every place where an undisturbed run with this journal can be killed: see src/journal/crash-point.ts. */
export function listKillPoints(journal: readonly JournalRecord[]): KillPoint[] {
  const records = journal.flatMap(({ seq }) => recordPhases.map((phase): KillPoint => `${seq}:${phase}`));
  const intents = journal.flatMap((record) => (record.type === 'intent' ? [record.intent] : []));
  const calls = intents.flatMap((intent) => callPhases.map((phase): KillPoint => `${intent}:${phase}`));
  return [...records, ...calls];
}

/** One point at random from each of `count` equal stretches: spread over the whole path, half of them around calls. */
export function samplePoints(points: readonly KillPoint[], count: number, seed: number): KillPoint[] {
  const random = seededRandom(seed);
  const isCall = (point: KillPoint): boolean => point.endsWith('-call');
  const calls = points.filter(isCall);
  const records = points.filter((point) => !isCall(point));
  const half = Math.ceil(count / 2);
  return [...pickSpread(calls, half, random), ...pickSpread(records, count - half, random)];
}

function pickSpread(points: readonly KillPoint[], count: number, random: () => number): KillPoint[] {
  const stretch = points.length / count;
  return Array.from({ length: count }, (_, index) => points[Math.floor((index + random()) * stretch)]!);
}

/** All points, those around calls first, in a random order: a campaign that is ended early has been everywhere. */
export function shufflePoints(points: readonly KillPoint[], seed: number): KillPoint[] {
  const random = seededRandom(seed);
  const drawn = points.map((point) => ({ point, rank: (point.endsWith('-call') ? 0 : 1) + random() }));
  return drawn.sort((one, other) => one.rank - other.rank).map(({ point }) => point);
}

/** One entry for each time that a step was begun again. */
export function findRepeatedSteps(journal: readonly JournalRecord[]): string[] {
  return journal.flatMap((record) => (record.type === 'started' && record.attempt > 1 ? [record.step] : []));
}
