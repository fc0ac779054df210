import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/sandbox/seeded-random.js';
import { createFaultWorld, type FaultWorld } from './faults/fault-world.js';
import { makeSmallDisk } from './faults/small-disk.js';
import { sampleEvenly } from './sample-evenly.js';

const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const stall = { limitMs: 20_000, everyMs: 2000, lookMs: 5000 };
const full = process.env['CAMPAIGN'] === 'full';
const timeout = 400_000;
/** `npm test` takes one a engine. */
const sampleSize = 1;
let world: FaultWorld;
let whole: string | undefined;

beforeAll(async () => {
  world = await createFaultWorld();
  whole = await world.digest('source');
}, timeout);
afterEach(() => Object.values(world.lines).forEach((line) => line.heal()));
afterAll(() => world.close());

type Random = () => number;
/** Does something to a dump: the folder of its attempt. */
type Damage = (attempt: string, random: Random) => void;

/** A file of the dump that is not empty. */
function pick(attempt: string, random: Random): string {
  const files = readdirSync(join(attempt, 'dump')).map((name) => join(attempt, 'dump', name));
  const filled = files.filter((file) => statSync(file).size > 0).sort();
  return filled[Math.floor(random() * filled.length)]!;
}

const damages: Readonly<Record<string, Damage>> = {
  'one bit is another': (attempt, random) => {
    const file = pick(attempt, random);
    const bytes = readFileSync(file);
    const at = Math.floor(random() * bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(8 * random())), at);
    writeFileSync(file, bytes);
  },
  'a file ends early': (attempt, random) => {
    const file = pick(attempt, random);
    truncateSync(file, Math.floor(random() * statSync(file).size));
  },
  'a file is gone': (attempt, random) => rmSync(pick(attempt, random)),
  'a file goes on': (attempt, random) => appendFileSync(pick(attempt, random), '\0'),
  'a file is there that was not': (attempt) => writeFileSync(join(attempt, 'dump', '9999.dat'), ''),
  'a file has another name': (attempt, random) =>
    renameSync(pick(attempt, random), join(attempt, 'dump', 'other.dat')),
  'the manifest says something else': (attempt) => {
    const file = join(attempt, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format":  1'));
  },
};

describe.each(['archive', 'stream'] as const)('of a dump for the engine %s', (engine) => {
  const all = Object.entries(damages);
  test.each(full ? all : sampleEvenly(all, sampleSize, seed))(
    'nothing is restored when %s, found by the same process or by the next',
    async (_, damage) => {
      const random = seededRandom(seed);
      const run = await world.begin(engine, { stall });
      const attempt = join(run.directory, 'dump', 'attempt-1');
      // The first that is asked of the target comes once the dump is proven.
      world.lines.target.after(1, () => damage(attempt, random));
      const refused = {
        code: 'DumpDamaged',
        exitCode: 8,
        next: [expect.stringContaining(attempt)] as string[],
      };
      expect(await run.go(), `CAMPAIGN_SEED=${seed}`).toMatchObject(refused);
      expect(await run.go()).toMatchObject(refused);
      expect(await countTables()).toBe(0);
      rmSync(attempt, { recursive: true });
      expect(await run.go()).toBeUndefined();
      expect(await world.digest('target')).toBe(whole);
      expect(await world.digest('source')).toBe(whole);
    },
    timeout,
  );
});

async function countTables(): Promise<number> {
  const rows = await world.servers.target.asMaster(
    'moved',
    `SELECT FROM pg_tables WHERE schemaname = 'public'`,
  );
  return rows.length;
}

test(
  'a full disk stops the run, and the dump is made when there is room',
  async () => {
    const disk = makeSmallDisk(world.clients);
    onTestFinished(() => disk.remove());
    const run = await world.begin('archive', { stall, dumps: disk.folder, clients: disk.clients });
    expect(await run.go()).toMatchObject({ code: 'DiskFull', exitCode: 9, resumable: true });
    expect(run.finished().at(-1)).toBe('fingerprint-source');
    disk.grow();
    expect(await run.go()).toBeUndefined();
    expect(await world.digest('target')).toBe(whole);
  },
  timeout,
);
