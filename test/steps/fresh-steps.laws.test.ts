import { describe, expect, test } from 'vitest';
import { configSchema, type Config } from '../../src/config/schema.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { fingerprintFormat, fingerprintSchema } from '../../src/postgres/fingerprint.js';
import { createGiveUpSource } from '../../src/steps/give-up-source.js';
import { createFurnishDatabase } from '../../src/steps/furnish-database.js';
import { createRecordLoss } from '../../src/steps/record-loss.js';
import type { FreshChoices, Loss } from '../../src/steps/refs.js';
import { createRunInitSql } from '../../src/steps/run-init-sql.js';
import { createSaveSource } from '../../src/steps/save-source.js';
import { FakeFreshDatabase } from '../fakes/fake-fresh-database.js';
import { FakeRunFiles } from '../fakes/fake-run-files.js';
import { finalSnapshot, FakeSourceRds } from '../fakes/fake-source-rds.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

const config: Config = configSchema.parse({ ...lawConfig, replace: { liftDeletionProtection: true } });
const script = { file: '/init.sql', sha256: 'hash of the script', statements: 1 };
const choices: FreshChoices = { finalSnapshot: true, schemaOnly: false, initSql: null };
const loss: Loss = {
  databases: [
    {
      ...{ name: 'ragdb', bytes: 9_000, unread: null },
      tables: [{ table: 'public.chunks', rows: 3, exact: true, bytes: 8_192 }],
    },
    { name: 'other', bytes: null, tables: [], unread: 'raguser may not connect to it' },
  ],
  roles: ['reader'],
  lastWrite: { at: null, detail: 'not known' },
};
const form = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'c', locale: null, rules: null };
const fingerprint = fingerprintSchema.parse({
  ...{
    format: fingerprintFormat,
    serverVersion: '17.7',
    serverVersionNumber: 170007,
    database: 'ragdb',
    mode: 'count',
  },
  sections: {
    extensions: {
      plpgsql: '{"schema": "pg_catalog", "version": "1.0"}',
      vector: '{"schema": "public", "version": "0.8.0"}',
      '"uuid-ossp"': '{"schema": "public", "version": "1.1"}',
      pg_exotic: '{"schema": "public", "version": "1.0"}',
    },
  },
  ...{ contents: [], sequences: [], vectors: [], largeObjects: { count: '0', bytes: '0', checksum: '' } },
});
const fingerprints = {
  take: () => Promise.resolve(fingerprint),
  compare: () => [],
  locate: () => Promise.resolve([]),
  print: () => 'fingerprint',
  parse: () => fingerprint,
};

interface World extends LawWorld<Config> {
  readonly rds: FakeSourceRds;
  readonly database: FakeFreshDatabase;
  readonly files: FakeRunFiles;
}

async function makeWorld(id: string, options: Partial<FreshChoices> = {}): Promise<World> {
  const [rds, database, files] = [new FakeSourceRds(), new FakeFreshDatabase(), new FakeRunFiles()];
  await files.write('fingerprint.json', 'fingerprint');
  const chosen = { ...choices, ...options };
  const losses = { readLoss: () => Promise.resolve(loss), readForm: () => Promise.resolve(form) };
  const readScript = () => Promise.resolve({ text: 'SELECT 1', sha256: script.sha256 });
  const source = { rds: rds.gateway, waits: rds.waits, fingerprints, files };
  const fresh = database.gateway;
  const steps: SealedStep<Config>[] = [
    seal(
      createRecordLoss({
        ...{ rds: rds.gateway, losses, files, choices: chosen },
        hashOf: async () => (await readScript()).sha256,
      }),
    ),
    seal(createFurnishDatabase({ fresh, fingerprints, files })),
    seal(createRunInitSql({ fresh, readScript, script })),
    seal(createSaveSource(source)),
    seal(createGiveUpSource({ ...source, choices: chosen })),
  ];
  const earlier: Record<string, unknown> = {
    ...lawEarlier,
    'take-snapshot': finalSnapshot,
    'fingerprint-source': {
      file: 'fingerprint.json',
      sha256: files.sha256('fingerprint'),
      tables: 1,
      rows: 1,
    },
    'record-loss': {
      ...{ file: 'given-up.json', sha256: '', databases: 1, tables: 1, rows: 1, exact: true, bytes: 1 },
      ...{ lastWrite: null, form },
    },
  };
  const step = steps.find((one) => one.id === id) ?? expect.fail(id);
  if (id === 'give-up-source') {
    const save = steps.find((one) => one.id === 'save-source') ?? expect.fail();
    earlier['save-source'] = await save.run(createStepIo('law-000000', 'save-source').io, inputs(earlier));
  }
  return {
    ...{ step, config, earlier, rds, database, files },
    snapshot: () => ({ source: rds.snapshot(), database: database.snapshot() }),
    mutations: () => [...rds.mutations, ...database.mutations],
    comparable: withoutTimes,
  };
}

const withoutTimes = (output: unknown): unknown =>
  JSON.parse(JSON.stringify(output).replace(/"\d{4}-\d\d-\d\dT[^"]+"/g, '"time"'));

function inputs(earlier: Record<string, unknown>): Parameters<SealedStep<Config>['run']>[1] {
  return {
    ...{ config, runId: 'law-000000' },
    outputOf: (ref) => ref.output.parse(earlier[ref.id]),
    findOutputOf: (ref) => (earlier[ref.id] === undefined ? undefined : ref.output.parse(earlier[ref.id])),
  };
}

describeStepLaws('record-loss', async () => {
  const world = await makeWorld('record-loss', { initSql: script });
  return { ...world, tamper: () => world.files.texts.set('given-up.json', '{}') && undefined };
});
describeStepLaws('furnish-database', async () => {
  const world = await makeWorld('furnish-database');
  return { ...world, tamper: () => world.database.extensions.clear() };
});
describeStepLaws('run-init-sql', () => makeWorld('run-init-sql', { initSql: script }));
describeStepLaws('save-source', async () => {
  const world = await makeWorld('save-source');
  return { ...world, tamper: () => world.files.texts.set('source-instance.json', '{}') && undefined };
});
describeStepLaws('give-up-source', async () => {
  const world = await makeWorld('give-up-source');
  const before = world.rds.instance;
  return { ...world, tamper: () => void (world.rds.instance = before) };
});

const plan = (world: World, step = world.step) =>
  step.plan(createStepIo('law-000000', step.id).io, {
    config: configSchema.parse(lawConfig),
    runId: 'law-000000',
  });

describe('give-up-source', () => {
  test('deletes nothing when the final snapshot or the saved settings are not what they were', async () => {
    const spoiled: ((world: World) => void)[] = [
      ({ rds }) => (rds.isSnapshotThere = false),
      ({ files }) => files.texts.set('source-instance.json', '{}'),
      ({ rds }) => rds.instance && (rds.instance = { ...rds.instance, resourceId: 'db-of-another' }),
    ];
    for (const spoil of spoiled) {
      const world = await makeWorld('give-up-source');
      spoil(world);
      const { io } = createStepIo('law-000000', 'give-up-source');
      await expect(world.step.run(io, inputs(world.earlier ?? {}))).rejects.toThrow();
      expect(world.rds.mutations).toEqual([]);
    }
  });

  test('is blocked by deletion protection that nobody has said to lift', async () => {
    const world = await makeWorld('give-up-source');
    expect(await plan(world)).toMatchObject({ kind: 'blocked', problems: [{ code: 'DeletionProtected' }] });
  });

  test('its undo never touches an instance of that name that somebody else has made', async () => {
    const world = await makeWorld('give-up-source');
    const { io } = createStepIo('law-000000', 'give-up-source');
    const before = world.rds.instance;
    await world.step.run(io, inputs(world.earlier ?? {}));
    world.rds.instance = before === undefined ? undefined : { ...before, resourceId: 'db-9', tags: {} };
    const done = [...world.rds.mutations];
    await expect(world.step.undo(io, inputs(world.earlier ?? {}), undefined)).rejects.toMatchObject({
      code: 'SourceNameTaken',
    });
    expect(world.rds.mutations).toEqual(done);
  });

  test('without a final snapshot it says that there is no way back', async () => {
    const { step } = await makeWorld('give-up-source', { finalSnapshot: false });
    expect(step.reversal.kind).toBe('point-of-no-return');
  });
});

test('the plan names every database, what it could not read, and how the rows were counted', async () => {
  const found = await plan(await makeWorld('record-loss'));
  const text = found.kind === 'change' ? found.effects.join('\n') : '';
  expect(text).toContain('public.chunks: 3 rows');
  expect(text).toContain('database other: size not known; raguser may not connect to it');
  expect(text).toContain('about 3 rows (estimate)');
  expect(text).toContain('last write: not known');
  expect(text).toContain('a final snapshot keeps it');
});

test('extensions that the target does not ship are left out and named', async () => {
  const { step, earlier = {} } = await makeWorld('furnish-database');
  const { io, notes } = createStepIo('law-000000', step.id);
  await expect(step.run(io, inputs(earlier))).resolves.toMatchObject({
    extensions: [{ name: 'vector' }, { name: 'uuid-ossp' }],
    left: [{ name: 'pg_exotic', version: '1.0' }],
  });
  expect(notes.join()).toContain('pg_exotic');
});

test('a script that is not what was planned is not run, and ends the run before anything is changed', async () => {
  const changed = { ...script, sha256: 'another' };
  const world = await makeWorld('record-loss', { initSql: changed });
  const { io } = createStepIo('law-000000', 'record-loss');
  await expect(world.step.run(io, inputs(world.earlier ?? {}))).rejects.toMatchObject({
    ...{ code: 'InitSqlChanged', exitCode: 6 },
  });
  expect(world.mutations()).toEqual([]);
});
