import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareFingerprints, listFailures } from '../../src/postgres/compare-fingerprints.js';
import { createDumpDatabase } from '../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../src/steps/fingerprint-source.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import type { fingerprintSource } from '../../src/steps/refs.js';
import { createRestoreDatabase } from '../../src/steps/restore-database.js';
import { createStreamDatabase } from '../../src/steps/stream-database.js';
import { hasServerWithVector, olderMajor, oldestMajor, vectorLacks } from '../older-server.js';
import { findClients } from '../postgres-server.js';
import { finish, openDataWorld, openIo } from './data-world.js';
import type { DataWorld } from './data-world.js';

const moves = [
  { from: 17, to: olderMajor, ignored: ['transaction-timeout-unknown'], clients: 17 },
  // By older clients, as where no newer ones are installed: their options have other names.
  { from: oldestMajor, to: 17, ignored: [], clients: olderMajor },
];

for (const move of moves) {
  const lacking = [move.from, move.to, move.clients].find((major) => !hasServerWithVector(major));
  const name = `a database with one of everything goes from ${String(move.from)} to ${String(move.to)}`;
  if (lacking === undefined) describe(name, { shuffle: false }, () => tellStory(move));
  else test.skip(`${name}: ${vectorLacks(lacking)}`, () => undefined);
}

function tellStory({ from, to, ignored, clients }: (typeof moves)[number]): void {
  let world: DataWorld;
  let fingerprint: ReturnType<typeof fingerprintSource.output.parse>;
  const dumped = { directory: undefined, jobs: 2, databaseBytes: 1 };

  beforeAll(async () => {
    world = { ...(await openDataWorld(to, undefined, from)), clients: await findClients(clients) };
    fingerprint = await finish(createFingerprintSource(world.gateways), {
      server: world.servers.source,
      mode: 'checksum' as const,
    });
  }, 300_000);
  afterAll(() => world.close());

  /** The steps' input, for a database of that name. */
  const inputFor = (database: string, dump: { directory: string; manifestSha256: string }) => ({
    source: world.servers.source,
    target: world.target.database(database),
    isGone: false,
    ...{ directory: dump.directory, manifestSha256: dump.manifestSha256 },
    ...{ clients: world.clients, jobs: 2, maxAcu: 1, fingerprint },
  });

  async function failuresOf(database: string): Promise<string[]> {
    const { gateways } = world;
    const source = gateways.fingerprints.parse((await gateways.files.read(fingerprint.file))?.text ?? '');
    const found = await gateways.fingerprints.take(world.target.database(database), {
      mode: 'checksum',
      signal: new AbortController().signal,
      comparedWith: source,
    });
    expect([source, found].map((one) => Math.floor(one.serverVersionNumber / 10_000))).toEqual([from, to]);
    return listFailures(compareFingerprints(source, found)).map((one) => JSON.stringify(one));
  }

  test('by an archive', async () => {
    const { gateways, clients, servers } = world;
    const request = { ...dumped, server: servers.source, clients, fingerprint };
    const input = inputFor('zoo', await finish(createDumpDatabase(gateways), request));
    await finish(createPrepareTarget(gateways), input);
    const { ignoredErrors } = await finish(createRestoreDatabase(gateways), input);
    expect(new Set(ignoredErrors.map(({ rule }) => rule))).toEqual(new Set(ignored));
    expect(await failuresOf('zoo')).toEqual([]);
  }, 300_000);

  test('by a stream', async () => {
    const { gateways, clients, servers } = world;
    const request = { ...dumped, server: servers.source, clients, fingerprint };
    const definitions = createDumpDatabase({ ...gateways, contents: 'definitions' });
    const input = inputFor('zoo_stream', await finish(definitions, request));
    const journal = openIo([], 'zoo-2');
    await finish(createPrepareTarget(gateways), input, journal);
    const streaming = openIo([], 'zoo-2');
    await finish(createStreamDatabase(gateways), input, streaming);
    expect(await failuresOf('zoo_stream')).toEqual([]);
  }, 300_000);

  test('and is taken back', async () => {
    const { gateways } = world;
    const { reversal } = createRestoreDatabase(gateways);
    if (reversal.kind !== 'undo') throw new Error('restoring can be undone');
    const input = inputFor('zoo', { directory: '', manifestSha256: '' });
    await reversal.undo(openIo(), input, undefined);
    const { exists, contents } = await gateways.target.inspect(input.target);
    expect({ exists, contents }).toEqual({ exists: true, contents: [] });
  }, 120_000);
}
