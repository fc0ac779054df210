import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAftermath } from '../../src/cli/aftermath.js';
import { runsSchema, statusSchema, unlockSchema } from '../../src/cli/result-schemas.js';
import Runs from '../../src/commands/runs.js';
import Status from '../../src/commands/status.js';
import Unlock from '../../src/commands/unlock.js';
import type { OpenRun } from '../../src/journal/run.js';
import { runCommand } from './captured.js';
import { storeRun } from './stored-run.js';

let folder: string;
let open: OpenRun[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-runs-'));
  open = [];
});

afterEach(async () => {
  for (const run of open) run.close();
  await rm(folder, { recursive: true });
});

/** A run that this process holds. */
function store(options?: Parameters<typeof storeRun>[1]): OpenRun {
  const run = storeRun(join(folder, '.rds2aurora'), options);
  open.push(run);
  return run;
}

function here(...argv: string[]): string[] {
  return [...argv, '--config', join(folder, 'rds2aurora.yaml')];
}

function resultOf(stdout: string): unknown {
  return (JSON.parse(stdout) as { result: unknown }).result;
}

describe('runs', () => {
  it('says that there are none', async () => {
    expect(await runCommand(Runs, here())).toEqual({ stdout: 'No runs here.\n', stderr: '', exitCode: 0 });
  });

  it('lists the newest first, with what each is doing', async () => {
    store({ at: '2026-11-23T13:00:00.000Z' }).close();
    const { id } = store({ name: 'other', at: '2026-11-23T15:00:00.000Z' });
    const { stdout } = await runCommand(Runs, here('--json'));
    const { runs } = runsSchema.parse(resultOf(stdout));
    expect(runs.map(({ run, state, stepsDone, steps }) => [run, state, stepsDone, steps])).toEqual([
      [id, 'running', 1, 3],
      [expect.stringMatching(/^rag-/), 'interrupted', 1, 3],
    ]);
    expect(
      runsSchema.parse(resultOf((await runCommand(Runs, here('--state', 'running', '--json'))).stdout)).runs,
    ).toHaveLength(1);
  });
});

describe('status', () => {
  it('shows steps, the open call, the holder and the next command of a run that died', async () => {
    const run = store();
    run.close();
    const { stdout, exitCode } = await runCommand(Status, here(run.id, '--json'));
    const status = statusSchema.parse(resultOf(stdout));
    expect(exitCode).toBe(0);
    expect(status.stepStates.map((step) => step.state)).toEqual(['verified', 'started', 'pending']);
    expect(status.pending).toEqual([
      { step: 'create-cluster', call: 'rds:CreateDBCluster', key: 'rag-cluster' },
    ]);
    expect(status).toMatchObject({
      state: 'interrupted',
      lock: null,
      sequence: expect.any(Number) as number,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      next: [`rds2aurora resume ${run.id}`, `rds2aurora rollback ${run.id}`],
    });
  });

  it('shows the same to people, the newest run by default', async () => {
    const run = store();
    const { stdout } = await runCommand(Status, here());
    expect(stdout).toContain('running, 1 of 3 steps done');
    expect(stdout).toContain(`process ${String(process.pid)} (rds2aurora migrate dump-restore)`);
    expect(stdout).toMatch(/2 {2}create-cluster +started/);
    expect(stdout).toContain('  create-cluster: rds:CreateDBCluster rag-cluster');
    expect(stdout).toContain(run.directory);
  });

  it('refuses to tell the way back of a run whose configuration it cannot read', async () => {
    store().close();
    const { stderr, exitCode } = await runCommand(Status, here('--by-hand', '--offline'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('use rds2aurora 0.1.0 for this run')]);
  });

  it('warns where the state of a run is shared, and the configuration does not say so', async () => {
    const run = store();
    await writeFile(join(run.directory, 'shared-state'), 's3://team/x\n');
    const { stdout } = await runCommand(Status, here('--json'));
    expect(statusSchema.parse(resultOf(stdout)).warnings).toEqual([
      expect.stringContaining('shared in s3://team/x, which was not asked'),
    ]);
  });

  it('refuses an unknown run as bad usage', async () => {
    store();
    const { stderr, exitCode } = await runCommand(Status, here('nope'));
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, '✖ there is no run nope  NoSuchRun']);
  });
});

describe('unlock', () => {
  it('leaves a run to the process that works on it', async () => {
    const run = store();
    const { stdout, exitCode } = await runCommand(Unlock, here(run.id, '--confirm', run.id, '--json'));
    expect(exitCode).toBe(7);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'Locked' } });
  });

  it('says so when nothing is locked', async () => {
    const run = store();
    run.close();
    const { stdout } = await runCommand(Unlock, here(run.id, '--json'));
    expect(unlockSchema.parse(resultOf(stdout))).toEqual({ run: run.id, freed: false, lock: null });
  });
});

describe('what is told after a failure', () => {
  it('names the step, the open call, the paused writers, what costs money and both ways on', () => {
    const run = store();
    const aftermath = describeAftermath(run.state(), 'create-cluster');
    expect(aftermath.where).toMatch(/^Step 2\/3 Create the Aurora cluster, after \d+ /);
    expect(aftermath.state?.join(' ')).toMatch(
      /Begun, effect not known: rds:CreateDBCluster rag-cluster.*The writers are paused/,
    );
    expect(aftermath.running).toEqual([
      'rag-cluster: rds:CreateDBCluster, not known whether AWS did it',
      'An Aurora writer that stands bills at least 0.5 ACU; about $0.06 an hour at the prices of 2026-08.',
    ]);
    expect([aftermath.resume, aftermath.rollback]).toEqual([
      `rds2aurora resume ${run.id}`,
      `rds2aurora rollback ${run.id}`,
    ]);
  });
});
