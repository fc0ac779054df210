import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareFingerprints, listFailures } from '../../src/postgres/compare-fingerprints.js';
import { createDumpDatabase } from '../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../src/steps/fingerprint-source.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import { createRestoreDatabase } from '../../src/steps/restore-database.js';
import { createStreamDatabase } from '../../src/steps/stream-database.js';
import { hasServer, olderMajor, serverLacks } from '../older-server.js';
import { finish, openDataWorld, openIo } from '../steps/data-world.js';
import type { DataWorld } from '../steps/data-world.js';

const timeout = 1_200_000;

/** A database at one limit each. The last is what happens in a few years of ALTER TABLE. */
const databases: Readonly<Record<string, string>> = {
  empty: '',
  many: `DO $$ BEGIN FOR s IN 1..100 LOOP
      EXECUTE format('CREATE SCHEMA s%s', s);
      FOR t IN 1..10 LOOP
        EXECUTE format('CREATE TABLE s%s.t%s (id serial PRIMARY KEY, note text)', s, t);
        EXECUTE format('INSERT INTO s%s.t%s (note) SELECT ''n'' || i FROM generate_series(1, 3) i', s, t);
      END LOOP; END LOOP; END $$`,
  toast: `CREATE TABLE toasted (id int PRIMARY KEY, body text STORAGE EXTERNAL);
    INSERT INTO toasted SELECT i, repeat(md5(i::text), 6000) FROM generate_series(1, 600) i`,
  wide: `DO $$ BEGIN EXECUTE 'CREATE TABLE wide (' || (SELECT string_agg('c' || i || ' int', ', ') FROM generate_series(1, 1600) i) || ')';
      EXECUTE 'INSERT INTO wide SELECT ' || (SELECT string_agg('g + ' || i, ', ') FROM generate_series(1, 1600) i) || ' FROM generate_series(1, 20) g'; END $$`,
  value: `CREATE TABLE large (id int, body bytea, words text);
    INSERT INTO large VALUES (1, (SELECT string_agg(sha512(i::text::bytea), '') FROM generate_series(1, 820000) i), repeat('ä', 1000));
    SELECT lo_from_bytea(900001, (SELECT body FROM large))`,
  bare: `CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
    CREATE TABLE emptied (a int); INSERT INTO emptied VALUES (1), (2), (3); ALTER TABLE emptied DROP COLUMN a;
    CREATE TABLE altered (a int, b text, c int DEFAULT 7, d text); INSERT INTO altered SELECT i, 'b' || i, i, 'd' FROM generate_series(1, 500) i;
    ALTER TABLE altered DROP COLUMN a; ALTER TABLE altered ADD COLUMN e int DEFAULT 5; ALTER TABLE altered DROP COLUMN d, ALTER c TYPE bigint;
    INSERT INTO altered VALUES ('later', 1, 2)`,
};

for (const major of [17, olderMajor]) {
  const name = `databases at the limits go to ${String(major)}`;
  if (major === olderMajor && !hasServer(olderMajor))
    test.skip(`${name}: ${serverLacks(olderMajor)}`, () => undefined);
  else
    describe(name, { shuffle: false, timeout }, () => {
      moveAll(major);
    });
}

function moveAll(major: number): void {
  let world: DataWorld;

  beforeAll(async () => {
    world = await openDataWorld(major, []);
  }, timeout);
  afterAll(() => world.close());

  test.each(Object.entries(databases))('%s', async (database, sql) => {
    const { gateways, clients, source } = world;
    const server = await source.createDatabase(database);
    if (sql !== '') await source.asMaster(database, sql);
    const fingerprint = await finish(createFingerprintSource(gateways), {
      server,
      mode: 'checksum' as const,
    });
    const taken = gateways.fingerprints.parse((await gateways.files.read(fingerprint.file))?.text ?? '');
    for (const engine of ['archive', 'stream'] as const) {
      const started = performance.now();
      const run = `${database}-${engine}`;
      const dumps = engine === 'archive' ? gateways : { ...gateways, contents: 'definitions' as const };
      const request = {
        ...{ server, clients, jobs: 2, databaseBytes: 1, fingerprint },
        directory: `${world.directory}/${run}`,
      };
      const { directory, manifestSha256 } = await finish(createDumpDatabase(dumps), request);
      const target = world.target.database(`${database}_${engine}`);
      const dump = { directory, manifestSha256 };
      const input = { ...dump, source: server, target, clients, jobs: 2, maxAcu: 1, fingerprint };
      await finish(createPrepareTarget(gateways), input, openIo([], run));
      const step = engine === 'archive' ? createRestoreDatabase(gateways) : createStreamDatabase(gateways);
      await finish(step, input, openIo([], run));
      const found = await gateways.fingerprints.take(target, {
        ...{ mode: 'checksum' as const, signal: new AbortController().signal, comparedWith: taken },
      });
      const failures = listFailures(compareFingerprints(taken, found)).map((one) => JSON.stringify(one));
      expect(failures).toEqual([]);
      process.stderr.write(
        `${database} to ${String(major)} by ${engine}: ${String(taken.contents.length)} tables, all equal, ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
      );
    }
  });
}
