import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { migrateSchema } from '../../src/cli/result-schemas.js';
import { envelopeOf, expectExit, journalOf, type World } from './harness.js';
import { readServerVersion } from './older-target.js';
import { countLostWrites, expectSourceKept, moved, readState, type SourceFacts } from './world-state.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const engines = ['archive', 'stream'] as const;

/** Each is a whole move and its rollback; the data steps of both are tested with the steps. */
export const chosenEngines = full ? engines : engines.filter((_, index) => index === seed % engines.length);

/** By dump and restore, with every comparison equal and no acknowledged write lost; and taken back. */
export async function moveThereAndBack(
  world: World,
  engine: (typeof engines)[number],
  { from, to, source }: { readonly from: string; readonly to: string; readonly source: SourceFacts },
): Promise<void> {
  const since = (await world.ledger()).length;
  const ended = await world.cli(['migrate', 'dump-restore', '--engine', engine, '--yes', '--json']);
  expectExit(ended, 0);
  const { comparisons, checks, downtimeMilliseconds } = migrateSchema.parse(envelopeOf(ended).result);
  expect(comparisons.filter(({ result }) => result !== 'match')).toEqual([]);
  expect(comparisons.some(({ item }) => item.startsWith('nearest neighbours of '))).toBe(true);
  expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
  expect(majorOf(await readServerVersion(world))).toBe(majorOf(to));
  expect(await countLostWrites(world, since)).toBe(0);
  expect((await readState(world)).applicationOn).toBe(moved.applicationOn);
  process.stderr.write(
    `${from} to ${to} by ${engine} (seed ${seed}): ${comparisons.length} comparisons match, writes lost 0, downtime ${downtimeMilliseconds} ms\n`,
  );
  expectExit(await world.cli(['rollback', '--confirm', 'production-rag-db', '--json']), 0);
  expect(majorOf(await readServerVersion(world))).toBe(majorOf(from));
  expect(journalOf(world.project).at(-1)?.type).toBe('rolled-back');
  await expectSourceKept(world, source);
  await rm(join(world.project, '.rds2aurora'), { recursive: true });
}

const majorOf = (version: string): number => Number.parseInt(version, 10);
