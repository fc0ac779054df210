import { createHash } from 'node:crypto';
import { nameCall, placeOf } from '../../src/journal/crash-point.js';
import type { JournalRecord } from '../../src/journal/record.js';

/** One place of RDS2AURORA_CRASH_AT, by its name: see src/journal/crash-point.ts. */
export type KillPoint = string;

const recordPhases = ['before-record', 'torn-record', 'after-write', 'after-fsync'];
const callPhases = ['before-call', 'after-call'];

/**
 * Every place where an undisturbed run with this journal can be killed, from record `from` on: where a process of its own
 * begins, as a rollback does, that counts its visits anew. A key that ends in a digest is another one in each run, so such
 * a place goes by its call alone.
 */
export function listKillPoints(journal: readonly JournalRecord[], from = 0): KillPoint[] {
  const visits = new Map<string, number>();
  const visit = (place: string): number => {
    const count = (visits.get(place) ?? 0) + 1;
    visits.set(place, count);
    return count;
  };
  const name = (place: string): string => {
    const call = place.replace(/@.*/, '');
    const [ofPlace, ofCall] = [visit(place), call === place ? 0 : visit(call)];
    return /-[0-9a-f]{12}$/.test(place) ? `${call}#${ofCall}` : `${place}#${ofPlace}`;
  };
  return journal.flatMap((record, index) => {
    if (index < from) return [];
    const place = name(placeOf(record, journal.slice(0, index)));
    const points = recordPhases.map((phase) => `${place}:${phase}`);
    if (record.type !== 'intent') return points;
    const call = name(`${record.step}/${nameCall(record, runOf(journal))}`);
    return [...points, ...callPhases.map((phase) => `${call}:${phase}`)];
  });
}

/** Those that begin as CAMPAIGN_POINTS says, a list with commas; without it all of them. */
export function chooseKillPoints(points: readonly KillPoint[]): readonly KillPoint[] {
  const beginnings = process.env['CAMPAIGN_POINTS']?.split(',');
  if (beginnings === undefined) return points;
  return points.filter((point) => beginnings.some((beginning) => point.startsWith(beginning)));
}

const runOf = ([header]: readonly JournalRecord[]): string =>
  header?.type === 'run-created' ? header.run : '';

/**
 * Points that one run is killed at one after the other. Dealt by their names, so each run dies all over the path, and
 * the relays of one seed can be run apart.
 */
export function dealRelays(points: readonly KillPoint[], perRelay: number, seed: number): KillPoint[][] {
  const count = Math.ceil(points.length / perRelay);
  const relayOf = (point: KillPoint): number =>
    createHash('sha256').update(`${seed} ${point}`).digest().readUInt32BE() % count;
  return Array.from({ length: count }, (_, relay) => points.filter((point) => relayOf(point) === relay));
}

/** One entry for each time that a step was begun again. */
export function findRepeatedSteps(journal: readonly JournalRecord[]): string[] {
  return journal.flatMap((record) => (record.type === 'started' && record.attempt > 1 ? [record.step] : []));
}
