import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateSchema } from '../../src/cli/result-schemas.js';
import {
  createWorld,
  editConfig,
  envelopeOf,
  expectExit,
  journalOf,
  runProgram,
  type Ended,
  type World,
} from './harness.js';
import { patience } from './whole-path.js';
import { countLostWrites, moved, readState, type WorldState } from './world-state.js';

const colleagues = ['ann', 'ben', 'cem'];

let world: World;
let before: WorldState;
beforeAll(async () => {
  world = await createWorld({ mode: 'api' });
  await world.sandbox.call('s3', 'CreateBucket', { Bucket: 'state' });
  await editConfig(world.project, (config) => config.set('state', 's3://state/team'));
  for (const name of colleagues)
    await cp(world.project, join(world.project, '..', name), { recursive: true });
  before = await readState(world);
}, patience);
afterAll(() => world.end());

const projectOf = (name: string): string => join(world.project, '..', name);
const cliOf = (name: string, args: readonly string[]): Promise<Ended> =>
  runProgram(projectOf(name), [...args, '--json'], world.sandbox.env);

test(
  'a run that was killed is finished by one of three colleagues, who makes the dump again',
  { timeout: patience },
  async () => {
    const killed = await world.cli(['migrate', 'dump-restore', '--yes', '--json'], {
      env: { RDS2AURORA_CRASH_AT: 'restore-database/started#1:after-fsync' },
    });
    expect(killed.signal).toBe('SIGKILL');
    const ended = await Promise.all(colleagues.map((name) => cliOf(name, ['resume'])));
    // On a machine that is busy a late one may find the run finished; nobody but one works on it.
    const worked = ended.filter(
      (one) => one.exitCode === 0 && !migrateSchema.parse(envelopeOf(one).result).alreadyFinished,
    );
    expect(worked.map(({ stderr }) => stderr)).toHaveLength(1);
    for (const one of ended.filter(({ exitCode }) => exitCode !== 0)) {
      expectExit(one, 7);
      expect(envelopeOf(one).error?.what).toMatch(/is held by .* \(process \d+,/);
    }
    expect(await readState(world)).toMatchObject(moved);
    expect(await countLostWrites(world)).toBe(0);
  },
);

test(
  'the journal is the same on every machine, and tells of the dump that was missing',
  { timeout: patience },
  async () => {
    for (const name of colleagues) expectExit(await cliOf(name, ['status']), 0);
    const [first, ...others] = [...colleagues.map(projectOf)].map((project) => journalOf(project));
    for (const other of others) expect(other).toEqual(first);
    const dumps = first?.filter((record) => 'step' in record && record.step === 'dump-database');
    expect(dumps?.filter(({ type }) => type === 'failed')).toMatchObject([{ code: 'DumpMissing' }]);
    expect(dumps?.filter(({ type }) => type === 'verified')).toHaveLength(2);
    expect(first?.some(({ type }) => type === 'taken-over')).toBe(true);
  },
);

test('a machine that has lost its folder takes the run back', { timeout: patience }, async () => {
  await rm(join(world.project, '.rds2aurora'), { recursive: true });
  expectExit(await world.cli(['rollback', '--confirm', 'production-rag-db', '--json']), 0);
  expect(await readState(world)).toEqual(before);
});
