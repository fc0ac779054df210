import { createHash } from 'node:crypto';
import type { JournalRecord } from '../../src/journal/record.js';
import { listKillPoints, type KillPoint } from './kill-points.js';

/** A run that is killed and resumed up to some step, and then taken back by a rollback that is killed, too. */
export interface RoundTrip {
  /** Rolled back once this step has done its work; undefined: once the run has ended. */
  readonly until?: string;
  readonly forwards: readonly KillPoint[];
  /** The last kill, after which nobody resumes. */
  readonly last?: KillPoint;
  readonly backwards: readonly KillPoint[];
}

/**
 * One trip for each step and one for the whole path. Each point of the undisturbed journal (the run up to `turn`, its
 * rollback from there on) is dealt to one of the trips that come there; of the four phases of a record the seed chooses
 * one.
 */
export function dealRoundTrips(journal: readonly JournalRecord[], turn: number, seed: number): RoundTrip[] {
  const draw = (text: string, count: number): number =>
    createHash('sha256').update(`${seed} ${text}`).digest().readUInt32BE() % count;
  const onePhase = (points: readonly KillPoint[]): KillPoint[] =>
    points.filter((point) => {
      if (point.endsWith('-call')) return true;
      const place = point.replace(/:[a-z-]+$/, '');
      const phases = points.filter((one) => one.startsWith(`${place}:`) && !one.endsWith('-call'));
      return phases[draw(place, phases.length)] === point;
    });
  const steps = journal
    .slice(0, turn)
    .flatMap((record) => (record.type === 'succeeded' ? [record.step] : []));
  const count = steps.length + 1;
  const tripOf = (point: KillPoint): number => {
    const step = stepOf(point);
    // What is no step's is at the beginning or at the end: the whole path comes to both.
    const first = steps.includes(step) ? steps.indexOf(step) : count - 1;
    return first + draw(`trip of ${point}`, count - first);
  };
  const forwards = onePhase(listKillPoints(journal.slice(0, turn)));
  const backwards = onePhase(listKillPoints(journal, turn));
  return Array.from({ length: count }, (_, trip) => {
    const until = steps[trip];
    const last = until && `${until}/succeeded#1:${draw(until, 2) === 0 ? 'before-record' : 'after-fsync'}`;
    const mine = forwards.filter((point) => tripOf(point) === trip && point !== last);
    return {
      ...(until && last ? { until, last } : {}),
      forwards: last ? [...mine, last] : mine,
      backwards: backwards.filter((point) => tripOf(point) === trip),
    };
  });
}

/**
 * Trips for points that their trip did not come to: a call that a kill has carried out already is not made again, and
 * its record not written. No two of a step are in one trip, so that none hides another.
 */
export function dealAgain(forwards: readonly KillPoint[], backwards: readonly KillPoint[]): RoundTrip[] {
  const [there, home] = [oneOfEachStep(forwards), oneOfEachStep(backwards)];
  return Array.from({ length: Math.max(there.length, home.length) }, (_, trip) => ({
    forwards: there[trip] ?? [],
    backwards: home[trip] ?? [],
  }));
}

function oneOfEachStep(points: readonly KillPoint[]): KillPoint[][] {
  const seen = new Map<string, number>();
  return points.reduce<KillPoint[][]>((rounds, point) => {
    const step = stepOf(point);
    const round = seen.get(step) ?? 0;
    seen.set(step, round + 1);
    (rounds[round] ??= []).push(point);
    return rounds;
  }, []);
}

const stepOf = (point: KillPoint): string => point.slice(0, point.indexOf('/'));
