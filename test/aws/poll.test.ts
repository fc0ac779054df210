import { describe, expect, it } from 'vitest';
import { CredentialsError, StoppedError } from '../../src/errors.js';
import { createPoll, type PollTarget, type Waiting } from '../../src/aws/poll.js';
import { clusterAvailable, databaseGone } from '../../src/aws/resource-states.js';
import type { Clock } from '../../src/pipeline/clock.js';

interface Thing {
  readonly status: string;
  readonly arn?: string;
}
type Reading = Thing | undefined | Error;

function world(readings: readonly Reading[], random = 0.5) {
  let time = 0;
  const pauses: number[] = [];
  const observed: string[] = [];
  const clock: Clock = {
    now: () => new Date(time),
    monotonicMs: () => time,
    sleep: (ms, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      pauses.push(ms);
      time += ms;
      return Promise.resolve();
    },
  };
  const controller = new AbortController();
  const io: Waiting = { clock, signal: controller.signal, observed: (_, state) => observed.push(state) };
  let reads = 0;
  const target = (more: Partial<PollTarget<Thing>> = {}): PollTarget<Thing> => ({
    resource: 'cluster c',
    read: () => {
      const reading = readings[Math.min(reads++, readings.length - 1)];
      return reading instanceof Error ? Promise.reject(reading) : Promise.resolve(reading);
    },
    stateOf: (thing) => thing.status,
    identityOf: (thing) => thing.arn ?? 'arn:c',
    states: clusterAvailable,
    missing: 'gone',
    timeoutMs: 600_000,
    ...more,
  });
  const poll = createPoll({ intervalMs: 15_000, random: () => random });
  return { io, target, poll, pauses, observed, controller, reads: () => reads };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('the poller', () => {
  it('waits through known and unknown states, showing each once by its name', async () => {
    const w = world([
      { status: 'creating' },
      { status: 'creating' },
      { status: 'brand-new-state' },
      { status: 'available' },
    ]);
    await expect(w.poll(w.io, w.target())).resolves.toEqual({ status: 'available' });
    expect(w.observed).toEqual(['creating', 'brand-new-state', 'available']);
  });

  it('pauses fifteen seconds, give or take a tenth', async () => {
    const early = world([{ status: 'creating' }, { status: 'available' }], 0);
    await early.poll(early.io, early.target());
    const late = world([{ status: 'creating' }, { status: 'available' }], 1);
    await late.poll(late.io, late.target());
    expect([...early.pauses, ...late.pauses]).toEqual([13_500, 16_500]);
  });

  it.each([...clusterAvailable.failure])('ends at once in the terminal state %s', async (status) => {
    const w = world([{ status: 'creating' }, { status }]);
    await expect(w.poll(w.io, w.target())).rejects.toMatchObject({ code: 'ResourceFailed', exitCode: 1 });
    expect(w.reads()).toBe(2);
  });

  it('stops resumable at the deadline and overshoots it by no pause', async () => {
    const w = world([{ status: 'creating' }]);
    const wait = w.poll(w.io, w.target({ timeoutMs: 40_000 }));
    await expect(wait).rejects.toMatchObject({ code: 'WaitTimedOut', exitCode: 9, resumable: true });
    expect(w.pauses).toEqual([15_000, 15_000, 10_000]);
  });

  it('ends at once when the credentials are refused', async () => {
    const w = world([{ status: 'creating' }, new CredentialsError('ExpiredToken', 'expired')]);
    await expect(w.poll(w.io, w.target())).rejects.toBeInstanceOf(CredentialsError);
    expect(w.reads()).toBe(2);
  });

  it('reads again after throttling, and names it when the deadline comes', async () => {
    const recovers = world([new StoppedError('Throttling', 'slow down'), { status: 'available' }]);
    await expect(recovers.poll(recovers.io, recovers.target())).resolves.toEqual({ status: 'available' });
    const never = world([new StoppedError('Throttling', 'slow down')]);
    await expect(never.poll(never.io, never.target())).rejects.toThrow(/unreadable \(Throttling\)/);
  });

  it('allows a few stale reads after our own create', async () => {
    const w = world([...times(8, undefined), { status: 'available' }]);
    await expect(w.poll(w.io, w.target({ missing: 'stale' }))).resolves.toEqual({ status: 'available' });
  });

  it('does not take absence for staleness for ever', async () => {
    const w = world([undefined]);
    await expect(w.poll(w.io, w.target({ missing: 'stale' }))).rejects.toMatchObject({
      code: 'ResourceGone',
    });
    expect(w.reads()).toBe(9);
  });

  it('does not take absence for staleness once it has seen the resource', async () => {
    const w = world([{ status: 'creating' }, undefined]);
    await expect(w.poll(w.io, w.target({ missing: 'stale' }))).rejects.toMatchObject({
      code: 'ResourceGone',
    });
  });

  it('refuses a namesake that took the place of what it waits for', async () => {
    const w = world([
      { status: 'creating', arn: 'arn:1' },
      { status: 'available', arn: 'arn:2' },
    ]);
    await expect(w.poll(w.io, w.target())).rejects.toMatchObject({ code: 'ResourceReplaced' });
  });

  it('waits for the end of a resource', async () => {
    const w = world([{ status: 'deleting' }, undefined]);
    await expect(w.poll(w.io, w.target({ states: databaseGone, missing: 'done' }))).resolves.toBeUndefined();
  });

  it('ends with the reason of the signal when it is aborted', async () => {
    const w = world([{ status: 'creating' }]);
    w.controller.abort(new Error('Ctrl-C'));
    await expect(w.poll(w.io, w.target())).rejects.toThrow('Ctrl-C');
  });
});
