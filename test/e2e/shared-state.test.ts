import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { statusSchema } from '../../src/cli/result-schemas.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { readHolder, startRacer, type Racer } from '../campaigns/state-race.js';
import { compileForChildren } from '../pipeline/compile-for-children.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { copyProject, editConfig, envelopeOf, expectExit, runProgram, type Ended } from './harness.js';

const run = 'rag-7k2m9x';
const race = 'team';

let sandbox: Sandbox;
let compiled: ReturnType<typeof compileForChildren>[];
beforeAll(async () => {
  sandbox = await startSandbox();
  await sandbox.call('s3', 'CreateBucket', { Bucket: 'state' });
  compiled = ['test/campaigns/state-racer.ts', 'src/aws/shared-store-worker.ts'].map(compileForChildren);
});
afterAll(async () => {
  for (const { remove } of compiled) remove();
  await sandbox.stop();
});

interface Machine {
  readonly project: string;
  cli(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** A colleague with the same project, whose runs are in the bucket. */
async function machine(state = `s3://state/${race}`): Promise<Machine> {
  const project = await copyProject(join(temporaryFolder(), 'project'), 'api');
  await editConfig(project, (config) => config.set('state', state));
  return {
    project,
    cli: (args, env = {}) => runProgram(project, [...args, '--json'], { ...sandbox.env, ...env }),
  };
}

/** Works on the run on a machine of its own. */
async function holdRun(): Promise<Racer> {
  const [program = '', worker = ''] = compiled.map((one) => one.program);
  const racer = await startRacer(program, worker, sandbox.env);
  onTestFinished(() => racer.kill());
  const folder = temporaryFolder();
  const order = { do: 'open', race, run, root: folder, world: join(folder, 'world') } as const;
  const opened = await racer.send({ ...order, verb: 'prepare', leaseSeconds: 60 });
  expect(opened).toMatchObject({ did: 'open', run });
  return racer;
}

test('a run that is at work elsewhere is seen, left alone while it is held, and taken over when its holder is dead', async () => {
  const holder = await holdRun();
  const here = await machine();
  const [shown, ...attempts] = await Promise.all([
    here.cli(['status']),
    (await machine()).cli(['resume', run]),
    (await machine()).cli(['unlock', run, '--confirm', run]),
  ]);
  const status = statusSchema.parse(envelopeOf(shown).result);
  expect(status).toMatchObject({
    run,
    state: 'running',
    lock: { alive: 'alive', holder: { pid: holder.pid } },
  });
  for (const attempt of attempts) {
    expectExit(attempt, 7);
    const { error } = envelopeOf(attempt);
    const message = error?.what ?? '';
    expect(readHolder({ did: 'fail', code: '', exitCode: 7, message })).toBe(holder.pid);
  }

  await holder.kill();
  const dead = statusSchema.parse(envelopeOf(await here.cli(['status', run])).result);
  expect(dead).toMatchObject({ state: 'interrupted', lock: { alive: 'dead' } });
  // Its path is none of this program: it is opened, and refused as that.
  const resumed = await here.cli(['resume', run]);
  expectExit(resumed, 1);
  expect(envelopeOf(resumed).error?.code).toBe('UnknownPath');

  await editConfig(here.project, (config) => config.delete('state'));
  const apart = await here.cli(['rollback', run, '--confirm', 'production-rag-db']);
  expectExit(apart, 1);
  expect(envelopeOf(apart).error?.code).toBe('RunIsShared');
});

test('what is wrong with the bucket is told before anything else is done', async () => {
  const { cli } = await machine('s3://nobody');
  const ended = await cli(['migrate', 'dump-restore', '--yes']);
  expectExit(ended, 10);
  expect(envelopeOf(ended).error?.code).toBe('StateBucketMissing');
  expect(sandbox.calls().filter(({ service }) => service !== 's3')).toEqual([]);
});
