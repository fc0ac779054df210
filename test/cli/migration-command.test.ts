import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/cli/base-command.js';
import { eventSchema } from '../../src/cli/events-schema.js';
import { MigrationCommand, type MigrationSession } from '../../src/cli/migration-command.js';
import { StoppedError } from '../../src/errors.js';
import type { PipelineEvent } from '../../src/pipeline/events.js';
import { runCommand } from './captured.js';
import { storeRun } from './stored-run.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-migration-'));
  await writeFile(
    join(folder, 'rds2aurora.yaml'),
    [
      'name: rag',
      'region: us-east-1',
      'source: {instance: rag-db, database: ragdb, user: raguser, secret: rag-secret}',
      'target: {cluster: rag-cluster, instance: rag-writer, deploy: {api: true}}',
    ].join('\n'),
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function commandThat(work: (session: MigrationSession) => Promise<string>) {
  return class Probe extends MigrationCommand<string> {
    static override id = 'migrate:probe';

    protected override async perform(): Promise<Outcome<string>> {
      const { flags } = await this.parse(Probe);
      const result = await this.withSession(flags, work);
      return { result, text: () => result };
    }
  };
}

function here(...argv: string[]): string[] {
  return [...argv, '--config', join(folder, 'rds2aurora.yaml')];
}

const at = '2026-11-23T14:00:00.000Z';
const stepIds = ['pause-writers', 'create-cluster', 'resume-application'];

/** What an engine would tell of a run. */
function tellRun({ emit }: MigrationSession, run: string): void {
  const steps = stepIds.map((id) => ({ id, title: id }));
  emit({ at, elapsedMs: 0, type: 'run-started', run, path: 'dump-restore', resumed: false, steps });
  emit({ at, elapsedMs: 5, type: 'step-started', step: 'pause-writers', attempt: 1 });
  emit({ at, elapsedMs: 9, type: 'run-finished', outcome: 'done', exitCode: 0 });
}

async function eventsIn(file: string): Promise<readonly PipelineEvent[]> {
  const [first, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(JSON.parse(first ?? '')).toEqual({ type: 'version', schema: 'rds2aurora/events@1' });
  return lines.map((line) => eventSchema.parse(JSON.parse(line)));
}

describe('a command on a migration', () => {
  it('hands over a frozen configuration, with flags over the file', async () => {
    const seen: MigrationSession[] = [];
    const command = commandThat((session) => Promise.resolve(String(seen.push(session))));
    await runCommand(command, here('--region', 'eu-west-1', '--yes'));
    const [session] = seen;
    expect(session?.config.region).toBe('eu-west-1');
    expect(Object.isFrozen(session?.config)).toBe(true);
    expect(session?.root).toBe(join(folder, '.rds2aurora'));
    expect(session?.command).toBe('rds2aurora migrate probe --region --yes --config');
  });

  it('writes progress as lines to stderr when it is no terminal, and the result to stdout', async () => {
    const command = commandThat((session) => {
      tellRun(session, 'rag-a1b2c3');
      return Promise.resolve('moved');
    });
    const { stdout, stderr, exitCode } = await runCommand(command, here());
    expect([stdout, exitCode]).toEqual(['moved\n', 0]);
    expect(stderr).toContain('+00:00 pause-writers: started\n');
  });

  it.each([['--json'], ['--quiet']])('shows no progress under %s', async (flag) => {
    const command = commandThat((session) => {
      tellRun(session, 'rag-a1b2c3');
      return Promise.resolve('moved');
    });
    expect((await runCommand(command, here(flag))).stderr).toBe('');
  });

  it('keeps the events in the folder of the run and in the file asked for, readable by the owner only', async () => {
    const file = join(folder, 'deep', 'events.ndjson');
    const command = commandThat((session) => {
      tellRun(session, 'rag-a1b2c3');
      return Promise.resolve('moved');
    });
    await runCommand(command, here('--events', file, '--json'));
    const kept = join(folder, '.rds2aurora', 'runs', 'rag-a1b2c3', 'events.ndjson');
    const types = ['run-started', 'step-started', 'run-finished'];
    expect((await eventsIn(kept)).map((event) => event.type)).toEqual(types);
    expect((await eventsIn(file)).map((event) => event.type)).toEqual(types);
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
  });

  it('refuses an event file that cannot be written before anything begins', async () => {
    const command = commandThat(() => Promise.resolve('moved'));
    const { stdout, exitCode } = await runCommand(command, here('--events', folder, '--json'));
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'EventFileUnwritable', changed: false } });
  });

  it('tells how the run stands when it fails, and how to go on', async () => {
    const names = ['first', 'second'];
    const command = commandThat((session) => {
      const run = storeRun(session.root, { name: names.shift() ?? '' });
      tellRun(session, run.id);
      run.close();
      throw new StoppedError('Throttled', 'AWS asked to slow down', {
        step: 'create-cluster',
        resumable: true,
      });
    });
    const text = await runCommand(command, here('--quiet'));
    expect(text.exitCode).toBe(9);
    expect(text.stderr).toMatch(
      /^✖ Step 2\/3 Create the Aurora cluster, after .*Throttled\n {2}What +AWS asked/,
    );
    expect(text.stderr).toMatch(
      / {2}Next +rds2aurora resume first-\w+\n {2}Undo +rds2aurora rollback first-\w+\n$/,
    );
    const json = await runCommand(command, here('--json'));
    const { run, next } = JSON.parse(json.stdout) as { run: string; next: string[] };
    expect(next).toEqual([`rds2aurora resume ${run}`, `rds2aurora rollback ${run}`]);
  });

  it('asks nobody when there is no terminal: it exits with 5 and names the flag', async () => {
    const command = commandThat(async (session) => {
      await session.confirm({ level: 'moderate', action: 'Move rag-db', name: 'rag-db' });
      return 'moved';
    });
    const { stdout, exitCode } = await runCommand(command, here('--json'));
    expect(exitCode).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ConfirmationMissing' } });
    expect((await runCommand(command, here('--yes'))).exitCode).toBe(0);
  });

  it('lists every problem of the configuration and exits with 2', async () => {
    await writeFile(join(folder, 'rds2aurora.yaml'), 'name: rag\nregon: us-east-1\n');
    const { stdout, exitCode } = await runCommand(
      commandThat(() => Promise.resolve('')),
      here('--json'),
    );
    const { error } = JSON.parse(stdout) as { error: { problems: string[] } };
    expect(exitCode).toBe(2);
    expect(error.problems).toHaveLength(4);
  });
});
