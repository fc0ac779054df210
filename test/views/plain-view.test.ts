import { describe, expect, it } from 'vitest';
import type { PipelineEvent } from '../../src/pipeline/events.js';
import { createPlainView } from '../../src/views/plain-view.js';

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'at' | 'elapsedMs'> : never;

/** A view whose clock and ticks the test moves by hand. */
function watch() {
  const lines: string[] = [];
  let nowMs = 0;
  let tick = (): void => undefined;
  let stopped = false;
  const view = createPlainView((line) => lines.push(line), {
    every: (_, callback) => {
      tick = callback;
      return () => (stopped = true);
    },
    monotonicMs: () => nowMs,
  });
  return {
    lines,
    view,
    isStopped: () => stopped,
    tell: (event: Unstamped<PipelineEvent>) =>
      view.sink({
        at: new Date(Date.UTC(2026, 10, 23, 14) + nowMs).toISOString(),
        elapsedMs: nowMs,
        ...event,
      }),
    pass: (ms: number) => {
      nowMs += ms;
      tick();
    },
  };
}

const steps = [{ id: 'dump-database', title: 'Dump the database' }];
const begin = {
  type: 'run-started',
  run: 'rag-a1b2c3',
  path: 'dump-restore',
  resumed: false,
  steps,
} as const;

function bytes(item: string, done: number, total = 1_048_576): Unstamped<PipelineEvent> {
  return { type: 'step-progressed', step: 'dump-database', progress: { item, done, total, unit: 'bytes' } };
}

describe('the plain view', () => {
  it('writes a line an event, with time, elapsed time and step', () => {
    const { lines, tell, pass } = watch();
    tell(begin);
    pass(61_000);
    tell({ type: 'step-observed', step: 'dump-database', resource: 'cluster rag', state: 'creating' });
    expect(lines).toEqual([
      '2026-11-23T14:00:00Z +00:00 run rag-a1b2c3 started: dump-restore, 1 steps',
      '2026-11-23T14:01:01Z +01:01 dump-database: cluster rag is creating',
    ]);
  });

  it('shows progress of a step at most every 10 seconds, and each finished item once', () => {
    const { lines, tell, pass } = watch();
    tell(begin);
    for (let part = 0; part <= 24; part += 1) {
      tell(bytes('public.chunks', (part / 24) * 1_048_576));
      pass(1000);
    }
    tell(bytes('public.chunks', 1_048_576));
    expect(lines.slice(1).map((line) => line.slice(28))).toEqual([
      'dump-database: public.chunks  0 B of 1.0 MiB, 0%',
      'dump-database: public.chunks  427 KiB of 1.0 MiB, 41%, 43 KiB/s, about 14 s left',
      'dump-database: public.chunks  853 KiB of 1.0 MiB, 83%, 43 KiB/s, about 4 s left',
      'dump-database: public.chunks  1.0 MiB',
    ]);
  });

  it('breaks a minute of silence with a sign of life, and not sooner', () => {
    const { lines, tell, pass } = watch();
    tell(begin);
    tell({ type: 'step-started', step: 'dump-database', attempt: 2 });
    pass(45_000);
    expect(lines).toHaveLength(2);
    pass(15_000);
    pass(15_000);
    expect(lines.slice(1)).toEqual([
      '2026-11-23T14:00:00Z +00:00 dump-database: started, attempt 2',
      '+01:00 dump-database: still at work',
    ]);
  });

  it('is silent when the run is over', () => {
    const { lines, tell, pass } = watch();
    tell(begin);
    tell({ type: 'step-started', step: 'dump-database', attempt: 1 });
    tell({ type: 'run-finished', outcome: 'done', exitCode: 0 });
    const before = lines.length;
    pass(600_000);
    expect(lines).toHaveLength(before);
  });

  it('shows control characters of foreign text instead of obeying them', () => {
    const { lines, tell } = watch();
    tell({ type: 'step-noted', step: 'dump-database', text: 'a\u001b[2Jb\r\nc\u202ed' });
    expect(lines[0]).toContain('a\\x1b[2Jb\\r\\nc\\u202ed');
  });

  it('stops its timer when it is closed', async () => {
    const { view, isStopped } = watch();
    await view.close();
    expect(isStopped()).toBe(true);
  });
});
