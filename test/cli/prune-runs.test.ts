import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pruneSchema } from '../../src/cli/result-schemas.js';
import { getLastUnfinished } from '../../src/journal/runs.js';
import { createRun, type OpenRun } from '../../src/journal/run.js';
import type { RecordBody } from '../../src/journal/record.js';
import Resume from '../../src/commands/resume.js';
import RunsPrune from '../../src/commands/runs/prune.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { runCommand } from './captured.js';

const day = 86_400_000;
const session = { epoch: 1, toolVersion: '0.1.0', pid: 1, host: 'here', user: 'me', command: 'x' };
const call: RecordBody = { type: 'intent', step: 'one', intent: 1, call: 'rds:CreateDBCluster', key: 'k' };
const rolledBack: RecordBody[] = [
  call,
  { type: 'session-opened', purpose: 'rollback', ...session },
  { type: 'rolled-back', stoppedAt: null },
];

interface Project {
  readonly folder: string;
  readonly store: (name: string, daysAgo: number, records: readonly RecordBody[], dump?: string) => OpenRun;
  readonly prune: (...argv: string[]) => ReturnType<typeof runCommand>;
  readonly left: () => string[];
}

function createProject(): Project {
  const folder = temporaryFolder();
  const root = join(folder, '.rds2aurora');
  return {
    folder,
    store: (name, daysAgo, records, dump) => {
      const at = new Date(Date.now() - daysAgo * day);
      const plan = {
        ...{ name, id: `${name}-iiiiii`, path: 'dump-restore', steps: [{ id: 'one', title: 'One' }] },
        config: dump === undefined ? {} : { dump: { directory: dump } },
        ...{ source: `us-east-1/${name}-db`, target: 'there' },
      };
      const deps = { root, command: 'x', toolVersion: '0.1.0', now: () => at };
      const run = createRun(deps, plan, () => 0.5);
      for (const record of records) run.journal.append(record);
      writeFileSync(join(run.directory, 'old-stack-secrets.json'), 'sealed');
      return run;
    },
    prune: (...argv) => runCommand(RunsPrune, [...argv, '--config', join(folder, 'rds2aurora.yaml')]),
    left: () => readdirSync(join(root, 'runs')).sort(),
  };
}

describe('runs prune', () => {
  it('removes what has ended and is old, with its dump elsewhere, and nothing that anybody may still need', async () => {
    const { folder, store, prune, left } = createProject();
    store('back', 40, rolledBack, 'dumps').close();
    const dump = join(folder, 'dumps', 'back-iiiiii');
    mkdirSync(join(dump, 'attempt-1'), { recursive: true });
    writeFileSync(join(dump, 'attempt-1', 'data'), 'x'.repeat(5000));
    store('done', 40, [call, { type: 'finished' }]).close();
    store('open', 40, [call]).close();
    store('idle', 41, []).close();
    store('newest', 39, []).close();
    store('recent', 2, rolledBack).close();

    const shown = await prune('--older-than', '30d', '--dry-run', '--json');
    const preview = pruneSchema.parse((JSON.parse(shown.stdout) as { result: unknown }).result);
    expect(preview.removed).toBe(false);
    expect(preview.runs.map(({ run, state }) => `${run} ${state}`)).toEqual([
      'back-iiiiii rolled-back',
      'idle-iiiiii interrupted',
    ]);
    expect(preview.runs[0]?.places).toContain(dump);
    expect(preview.bytes).toBeGreaterThan(5000);
    expect(preview.kept.map(({ run }) => run).sort()).toEqual([
      'done-iiiiii',
      'newest-iiiiii',
      'open-iiiiii',
    ]);
    expect(left()).toHaveLength(6);

    const { stdout, exitCode } = await prune('--older-than', '30d', '--yes');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Removed: 2, ') as string]);
    expect(left()).toEqual(['done-iiiiii', 'newest-iiiiii', 'open-iiiiii', 'recent-iiiiii']);
    expect(existsSync(dump)).toBe(false);
    expect(existsSync(join(folder, 'dumps'))).toBe(true);
  });

  it('wants a yes: without a terminal it ends with 5 and removes nothing', async () => {
    const { store, prune, left } = createProject();
    store('back', 40, rolledBack).close();
    const { stderr, exitCode } = await prune('--keep', '0');
    expect([exitCode, left()]).toEqual([5, ['back-iiiiii']]);
    expect(stderr).toContain('add --yes');
  });

  it('lets finished runs go only where that is said, and keeps the newest so many', async () => {
    const { store, prune, left } = createProject();
    for (const [name, age] of [
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ] as const)
      store(name, age, [call, { type: 'finished' }]).close();
    await prune('--keep', '0', '--yes');
    expect(left()).toHaveLength(3);
    await prune('--keep', '2', '--finished', '--yes');
    expect(left()).toEqual(['b-iiiiii', 'c-iiiiii']);
  });

  it('leaves a run that a process holds', async () => {
    const { store, prune, left } = createProject();
    const run = store('back', 40, rolledBack);
    const { stdout } = await prune('--keep', '0', '--yes');
    run.close();
    expect(stdout).toContain('back-iiiiii: a process holds it');
    expect(left()).toEqual(['back-iiiiii']);
  });

  it('has to be told which runs are old', async () => {
    const { prune } = createProject();
    expect((await prune('--yes')).exitCode).toBe(2);
    expect((await prune('--older-than', 'ages')).exitCode).toBe(2);
  });
});

describe('the newest run that is not finished', () => {
  it('is found behind newer ones that have ended', () => {
    const { folder, store } = createProject();
    store('older', 5, [call]).close();
    store('open', 4, [call]).close();
    store('back', 3, rolledBack).close();
    store('done', 2, [{ type: 'finished' }]).close();
    expect(getLastUnfinished(join(folder, '.rds2aurora')).id).toBe('open-iiiiii');
  });

  it('is not there when all have ended, or when a run is named as well', async () => {
    const { folder, store } = createProject();
    store('done', 2, [{ type: 'finished' }]).close();
    expect(() => getLastUnfinished(join(folder, '.rds2aurora'))).toThrow('there is no run to go on with');
    expect((await runCommand(Resume, ['done-iiiiii', '--last'])).exitCode).toBe(2);
  });
});
