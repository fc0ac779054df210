import { describe, expect, test } from 'vitest';
import { StallJudge, stallDefaults } from '../../src/postgres/stall-judge.js';
import type { Backend, ServerLook } from '../../src/postgres/stall-judge.js';

const limit = 40;
const backend = (pid: number, kind: 'working' | 'blocked' | 'idle', mark = 'same'): Backend => ({
  ...{ pid, mark, working: kind === 'working', blocked: kind === 'blocked' },
});
const at = (server: string, ...backends: Backend[]): ServerLook => ({ server, backends });
const silent = (server: string): ServerLook => ({ server, backends: undefined });

/** Looks every 10 ms; gives when and what was told first. */
function judge(scene: (now: number) => { looks: readonly ServerLook[]; life?: string }) {
  const one = new StallJudge(limit, ['a', 'b'], 0);
  for (let now = 0; now <= 1000; now += 10) {
    const { looks, life = '' } = scene(now);
    const told = one.look(looks, life, now);
    if (told !== undefined) return { now, told };
  }
  return undefined;
}

describe('a stall is', () => {
  test('a server that does not answer, though it has answered before', () => {
    const found = judge((now) => ({ looks: [now < 100 ? at('a', backend(1, 'working')) : silent('a')] }));
    expect(found).toEqual({ now: 130, told: 'a does not answer any more' });
  });

  test('a statement that waits for this end while nothing moves, though another one works on', () => {
    const found = judge(() => ({ looks: [at('a', backend(1, 'blocked'), backend(2, 'working'))] }));
    expect(found).toEqual({ now: 40, told: 'session 1 of a waits in vain for this end' });
  });

  test('nothing moving anywhere', () => {
    const found = judge(() => ({ looks: [at('a', backend(1, 'idle'))], life: 'same' }));
    expect(found).toEqual({ now: 40, told: 'nothing moves on any of its connections' });
  });

  test('one of two servers that is silent while the other works', () => {
    const found = judge(() => ({ looks: [at('a', backend(1, 'working')), silent('b')] }));
    expect(found?.told).toBe('b does not answer any more');
  });
});

describe('no stall is', () => {
  test('a statement that works for ever, such as the build of an index', () => {
    expect(judge(() => ({ looks: [at('a', backend(1, 'working'), backend(2, 'idle'))] }))).toBeUndefined();
  });

  test('a copy over a slow line: it waits, and comes further', () => {
    const looks = (now: number) => [at('a', backend(1, 'blocked', String(Math.floor(now / 30))))];
    expect(judge((now) => ({ looks: looks(now) }))).toBeUndefined();
  });

  test('a copy that waits for the other server, which works', () => {
    const looks = [at('a', backend(1, 'blocked')), at('b', backend(1, 'working'))];
    expect(judge(() => ({ looks }))).toBeUndefined();
  });

  test('something going on at this end', () => {
    const looks = [at('a', backend(1, 'idle'))];
    expect(judge((now) => ({ looks, life: String(Math.floor(now / 30)) }))).toBeUndefined();
  });

  test('a server that is silent now and then', () => {
    const looks = (now: number) => [now % 40 === 0 ? at('a', backend(1, 'working')) : silent('a')];
    expect(judge((now) => ({ looks: looks(now) }))).toBeUndefined();
  });
});

test('by default a stall is noticed within a minute, with the end of a client program that does not listen', () => {
  const { limitMs, everyMs, lookMs } = stallDefaults;
  const untilKilledMs = 5000;
  const scenes: readonly ((now: number) => readonly [ServerLook, number])[] = [
    (now) => [silent('a'), now + lookMs],
    (now) => [at('a', backend(1, 'blocked')), now + lookMs],
    (now) => [at('a', backend(1, 'idle')), now + lookMs],
  ];
  for (const scene of scenes) {
    const one = new StallJudge(limitMs, ['a'], 0);
    // Right after a look that still saw something move.
    let [now, told] = [0, one.look([at('a', backend(1, 'working', 'before'))], '', 0)];
    while (told === undefined && now < 100_000) {
      const [look, ended] = scene(now + everyMs);
      now = ended;
      told = one.look([look], '', now);
    }
    expect(told).toBeDefined();
    expect(now + untilKilledMs).toBeLessThanOrEqual(60_000);
  }
});
