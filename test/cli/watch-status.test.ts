import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statusSchema, type StatusResult } from '../../src/cli/result-schemas.js';
import { watchStatus } from '../../src/cli/watch-status.js';
import Status from '../../src/commands/status.js';
import { runCommand } from './captured.js';
import { storeRun } from './stored-run.js';

let folder: string;
let first: StatusResult;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-watch-'));
  storeRun(join(folder, '.rds2aurora')).close();
  const { stdout } = await status('--json', '--offline');
  first = { ...statusSchema.parse((JSON.parse(stdout) as { result: unknown }).result), state: 'running' };
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function status(...flags: string[]) {
  return runCommand(Status, ['--config', join(folder, 'rds2aurora.yaml'), ...flags]);
}

/** The states that are seen one after the other; the last one stays. */
async function watched(states: readonly StatusResult[], screen?: { rows: number; json?: boolean }) {
  const shown: string[] = [];
  let drawn = '';
  let round = 0;
  const last = await watchStatus({
    look: () => Promise.resolve(states[Math.min(round, states.length - 1)] ?? first),
    toOutcome: (result) => ({ result, text: () => `steps done: ${String(result.stepsDone)}` }),
    show: (outcome) => void shown.push(outcome.text()),
    screen: screen === undefined ? undefined : { rows: screen.rows, write: (text) => void (drawn += text) },
    json: false,
    now: () => new Date('2026-11-24T08:00:00.000Z'),
    pause: () => {
      round += 1;
      return Promise.resolve();
    },
  });
  return { shown, drawn, last: last.text(), rounds: round };
}

const ended = (): StatusResult => ({ ...first, state: 'finished', stepsDone: 3 });

describe('in a pipe', () => {
  it('writes a line for each change until the run has ended, and none while only time passes', async () => {
    const left = { seconds: [60, 120], overdue: false } satisfies StatusResult['timeLeft'];
    const later = { ...first, timeLeft: { ...left, seconds: [50, 110] } } satisfies StatusResult;
    const further = { ...first, stepsDone: 2 };
    const recorded = { ...further, sequence: 99, lastAt: '2026-11-24T08:00:00.000Z' };
    const { shown, last, rounds } = await watched([
      { ...first, timeLeft: left },
      later,
      further,
      recorded,
      ended(),
    ]);
    expect(shown).toEqual([
      `2026-11-24T08:00:00Z ${first.run} running, 1 of 3 steps done; create-cluster: Create the Aurora cluster; about 1 min to 2 min left`,
      `2026-11-24T08:00:00Z ${first.run} running, 2 of 3 steps done; create-cluster: Create the Aurora cluster`,
    ]);
    expect(last).toContain('finished, 3 of 3 steps done');
    expect(rounds).toBe(4);
  });

  it('tells what AWS says anew, made safe to print', async () => {
    const live = (word: string) => [{ resource: 'target writer', name: 'rag', status: word }];
    const { shown } = await watched([
      { ...first, live: live('creating') },
      { ...first, live: live('avail\u001b[31mable') },
      ended(),
    ]);
    expect(shown.map((line) => line.split('; ').at(-1))).toEqual([
      'target writer creating',
      'target writer avail\\x1b[31mable',
    ]);
  });
});

describe('on a terminal', () => {
  it('draws every round from the top, and leaves the last state to be printed whole', async () => {
    const { shown, drawn, last } = await watched([first, { ...first, stepsDone: 2 }, ended()], { rows: 24 });
    expect(shown).toEqual([]);
    expect(drawn).toBe(
      [
        '\u001b[2J\u001b[Hsteps done: 1\u001b[K\n\u001b[J',
        '\u001b[Hsteps done: 2\u001b[K\n\u001b[J',
        '\u001b[H\u001b[K\n\u001b[J',
      ].join(''),
    );
    expect(last).toBe('steps done: 3');
  });
});

it('ends at once when nobody works on the run; under --json with one document in one line', async () => {
  const text = await status('--watch', '--offline');
  expect([text.exitCode, text.stdout.split('\n')]).toEqual([
    0,
    [expect.stringMatching(/^\S+Z rag-\S+ interrupted, 1 of 3 steps done/), ''],
  ]);
  const { stdout } = await status('--watch', '--offline', '--json');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, result: { state: 'interrupted' } });
});
