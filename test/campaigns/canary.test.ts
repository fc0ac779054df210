import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listRuns } from '../../src/journal/runs.js';
import { envelopeOf, expectExit } from '../e2e/harness.js';
import { readSource } from '../e2e/world-state.js';
import { findForms, makeCanary } from './canary/canary.js';
import { changePassword, createCanaryWorld } from './canary/canary-world.js';
import type { CanaryWorld, Looked, RunOptions } from './canary/canary-world.js';
import { watchProcesses } from './canary/process-watch.js';
import { moveBack, readBeginning, type Beginning } from './move-back.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
/** `npm test` takes the first story; CAMPAIGN_STORY asks for others by their titles. */
const wanted = new RegExp(
  process.env['CAMPAIGN_STORY'] ?? (full ? '' : '^killed during pg_dump and resumed$'),
);
const timeout = full ? 4 * 3_600_000 : 900_000;

/** What RDS and Aurora take: 8 to 41 printable characters, neither blank nor / " @. */
const taken: readonly (readonly [string, string])[] = [
  ["q'%24$m\\", ':*?!'],
  ['$(id)`;', '&&|<>\\'],
  ['%s%20%%', "''\\'"],
  ['{{:\\:', '}}#~'],
];
const refused: readonly (readonly [string, string, string])[] = [
  ['a blank', 'a b', ''],
  ['a double quote', 'a"b', ''],
  ['a slash', '', '/b'],
  ['an at sign', '@', 'b'],
  ['a line break', 'a\nb', ''],
  ['letters beyond ASCII', 'päß', '密'],
  ['more than 41 characters', 'x'.repeat(20), 'y'.repeat(20)],
];

describe('the search for the canary', () => {
  const canary = makeCanary(seed, taken[0]!);

  test.each([
    ['plain', (text: string) => encodeURIComponent(text)],
    ['plain', (text: string) => JSON.stringify(JSON.stringify({ text }))],
    ['plain', (text: string) => text.replace(/[\\':]/g, '\\$&')],
    ['base64', (text: string) => Buffer.from(`user:${text}`).toString('base64')],
    ['base64', (text: string) => Buffer.from(`users:${text}!`).toString('base64url')],
    ['base64', (text: string) => Buffer.from(`{"a":"${text}"}`).toString('base64')],
    ['hex', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
    ['hex', (text: string) => inspect(Buffer.from(text))],
    ['list of bytes', (text: string) => JSON.stringify(Buffer.from(text))],
    ['utf16', (text: string) => Buffer.from(text, 'utf16le').toString('latin1')],
    ['reversed', (text: string) => Array.from(text).reverse().join('')],
  ])('finds it in the form %s', (name, hide) => {
    expect(findForms(canary, `before ${hide(canary.password)} after`)).toContain(name);
  });

  test('finds it in the arguments and in the environment of a process', async () => {
    const watch = watchProcesses(canary, { programs: [], folder: '/' }, () => undefined);
    const child = spawn('sleep', ['0.5', `0.${'0'.repeat(3)}`], {
      argv0: canary.password,
      env: { HIDDEN: Buffer.from(canary.password).toString('base64') },
    });
    await once(child, 'close');
    watch.stop();
    const found = [...watch.leaks].join('\n');
    expect(found).toMatch(/arguments \(plain\)[^]*variable HIDDEN \(base64\)/);
  });
});

describe('a password that would give itself away', { timeout, shuffle: false }, () => {
  let canaries: CanaryWorld;
  const totals = { runs: 0, samples: 0, processes: 0, passfiles: 0, seen: new Set<string>() };

  beforeAll(async () => {
    canaries = await createCanaryWorld();
  }, timeout);

  afterAll(async () => {
    const { runs, samples, processes, passfiles, seen } = totals;
    process.stderr.write(
      `canary campaign: ${runs} runs of the program, ${samples} looks at ${processes} processes, ${passfiles} password files, ` +
        `seen ${[...seen].sort().join(', ')}; CAMPAIGN_SEED=${seed}\n`,
    );
    await canaries.end();
  });

  /** Runs the program with `password` in the secret, and fails at every trace of it. */
  async function look(
    canary: ReturnType<typeof makeCanary>,
    args: readonly string[],
    options?: RunOptions,
  ): Promise<Looked> {
    const looked = await canaries.run(canary, args, options);
    totals.runs += 1;
    totals.samples += looked.samples;
    totals.processes += looked.processes;
    totals.passfiles += looked.passfiles;
    for (const name of looked.seen) totals.seen.add(name);
    expect(looked.leaks, `${args.join(' ')} ${JSON.stringify(options ?? {})}`).toEqual([]);
    return looked;
  }

  const debug = { env: { DEBUG: '*' } };
  const runs = () => listRuns(join(canaries.world.project, '.rds2aurora'));

  /** A story of one run, with the password as it is in the secret. */
  type Story = (canary: ReturnType<typeof makeCanary>) => Promise<void>;

  /** Killed while `during` runs, then gone on with. */
  const killed =
    (during: 'pg_dump' | 'pg_restore' | 'psql', ...path: string[]): Story =>
    async (canary) => {
      const first = await look(canary, ['migrate', ...path, '--yes', '--json'], {
        ...debug,
        killDuring: during,
      });
      expect(first.signal, first.stderr.slice(-2000)).toBe('SIGKILL');
      expect(first.passfiles).toBeGreaterThan(0);
      expectExit(await look(canary, ['resume', '--yes'], debug), 0);
    };

  const takenBack: Story = async (canary) => {
    const first = await look(canary, ['migrate', 'dump-restore', '--yes'], { killDuring: 'pg_dump' });
    expect(first.signal).toBe('SIGKILL');
    expectExit(await look(canary, ['rollback', '--yes', '--confirm', 'production-rag-db'], debug), 0);
  };

  const failing =
    (service: string, action: string, ...path: string[]): Story =>
    async (canary) => {
      const { sandbox } = canaries.world;
      sandbox.addFault({ service, action, kind: 'error', code: 'InvalidParameterValue', status: 400 });
      const first = await look(canary, ['migrate', ...path, '--yes', '--json'], debug);
      sandbox.clearFaults();
      expect(first.exitCode).not.toBe(0);
      if (runs().length > 0) expectExit(await look(canary, ['resume', '--yes', '--json']), 0);
    };

  const asked: Story = async (canary) => {
    expectExit(await look(canary, ['migrate', 'dump-restore', '--yes'], debug), 0);
    for (const args of [
      ['status'],
      ['report'],
      ['report', '--json'],
      ['report', '--format', 'html'],
      ['validate'],
    ])
      expectExit(await look(canary, args, debug), 0);
  };

  const stories: Readonly<Record<string, Story>> = {
    'killed during pg_dump and resumed': killed('pg_dump', 'dump-restore'),
    'killed during psql and resumed': killed('psql', 'dump-restore', '--engine=stream'),
    'killed during pg_restore and resumed': killed('pg_restore', 'dump-restore'),
    'killed during pg_dump and rolled back': takenBack,
    'finished, and asked about': asked,
    'failed at the cluster': failing('rds', 'CreateDBCluster', 'dump-restore'),
    'failed at the secret': failing('secretsmanager', 'PutSecretValue', 'dump-restore', '--engine=stream'),
    'by a snapshot': async (canary) => {
      expectExit(await look(canary, ['migrate', 'snapshot', '--yes', '--json'], debug), 0);
    },
    'by a snapshot, failed at the password': failing('rds', 'ModifyDBCluster', 'snapshot'),
  };

  test('is nowhere but in its file while a client program runs, however a run goes', async () => {
    const { world } = canaries;
    const chosen = Object.entries(stories).filter(([title]) => wanted.test(title));
    let beginning: Beginning | undefined;
    for (const [index, [title, story]] of chosen.entries()) {
      const canary = makeCanary(seed + index, taken[index % taken.length]!);
      if (beginning !== undefined) await moveBack(world, beginning);
      await changePassword(world, canary.password, 'rds');
      beginning = await readBeginning(world, await readSource(world));
      await story(canary);
      process.stderr.write(`canary campaign: ${title}: no trace\n`);
    }
    if (beginning !== undefined) await moveBack(world, beginning);
    expect(totals.passfiles).toBeGreaterThan(0);
    if (full) expect([...totals.seen].sort()).toEqual(['pg_dump', 'pg_restore', 'psql']);
  });

  const kinds = full ? refused : [refused[(seed % 2) * 4]!];
  test.each(kinds)('with %s is refused before anything is changed', async (_, ...around) => {
    const { world } = canaries;
    const canary = makeCanary(seed, around);
    await changePassword(world, canary.password, 'sql');
    const ended = await look(canary, ['migrate', 'dump-restore', '--yes', '--json'], debug);
    expectExit(ended, 10);
    expect(envelopeOf(ended).error?.code).toMatch(/^PasswordNotFor(?:Aurora|Clients)$/);
    expect(runs()).toEqual([]);
  });
});
