import { expect, test } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { createSchemaComparer } from '../../src/postgres/schema-comparison.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createAnalyzeTarget } from '../../src/steps/analyze-target.js';
import { createDumpDatabase } from '../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../src/steps/fingerprint-source.js';
import { createValidateFreshTarget } from '../../src/steps/validate-fresh-target.js';
import { createValidateTarget } from '../../src/steps/validate-target.js';
import { createVerifyData } from '../../src/steps/verify-data.js';
import { emptyFingerprint, FakeDataPlane } from '../fakes/fake-data-plane.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { inputs } from './stack-world.js';
import { createStepIo } from './step-harness.js';

const vector = { name: 'vector', version: '0.8.0' };

/** The source's fingerprint is taken, and the target was filled from it. */
async function makeWorld(
  open: (plane: FakeDataPlane) => SealedStep<Config>,
  tamper: (plane: FakeDataPlane) => void,
): Promise<LawWorld<Config> & { readonly plane: FakeDataPlane }> {
  const plane = new FakeDataPlane();
  const text = plane.fingerprints.print(emptyFingerprint);
  const sha256 = await plane.files.write('fingerprint.json', text);
  return {
    ...{ step: open(plane), config: lawConfig, plane },
    earlier: {
      ...lawEarlier,
      'fingerprint-source': { file: 'fingerprint.json', sha256, tables: 1, rows: 1 },
      'prepare-target': {
        ...{ marker: 'rds2aurora run law-000000', databaseCreated: true },
        ...{ rolesCreated: [], rolesWithoutPassword: [], extensions: [vector] },
      },
      'verify-data': { comparisons: [{ item: 'tables', result: 'match' }] },
    },
    snapshot: () => plane.snapshot(),
    mutations: () => [...plane.mutations],
    tamper: () => {
      tamper(plane);
    },
  };
}

const readingOf = ({ fingerprints, files }: FakeDataPlane) => ({ fingerprints, files });
const dumpOf = (contents: 'all' | 'definitions') => (plane: FakeDataPlane) =>
  seal(createDumpDatabase({ ...readingOf(plane), dumps: plane.dumping, defaultJobs: 2, contents }));
const analyzeOf = ({ statistics }: FakeDataPlane) =>
  seal(createAnalyzeTarget({ statistics, defaultJobs: 2 }));

/** Each attempt has a folder of its own. */
const withoutAttempt = (output: unknown): unknown =>
  JSON.parse(JSON.stringify(output).replaceAll(/attempt-\d+/g, 'attempt'));

describeStepLaws('fingerprint-source', () =>
  makeWorld(
    (plane) => seal(createFingerprintSource(readingOf(plane))),
    (plane) => plane.files.texts.set('fingerprint.json', '{}'),
  ),
);
describeStepLaws('dump-database', async () => ({
  ...(await makeWorld(dumpOf('all'), (plane) => plane.dumps.clear())),
  comparable: withoutAttempt,
}));
describeStepLaws('dump-definitions', async () => ({
  ...(await makeWorld(dumpOf('definitions'), (plane) => plane.dumps.clear())),
  comparable: withoutAttempt,
}));
describeStepLaws('analyze-target', () =>
  makeWorld(analyzeOf, (plane) => {
    plane.unanalyzed = ['public.chunks'];
  }),
);
describeStepLaws('verify-data', () =>
  makeWorld(
    (plane) => seal(createVerifyData({ ...readingOf(plane), target: plane.target })),
    (plane) => {
      plane.comment = 'of somebody else';
    },
  ),
);
describeStepLaws('validate-target', () =>
  makeWorld(
    (plane) =>
      seal(
        createValidateTarget({
          ...{ ...readingOf(plane), database: { check: plane.check } },
          checkAws: () => Promise.resolve([{ check: 'cluster', result: 'pass', detail: 'available' }]),
        }),
      ),
    (plane) => {
      plane.health = 'fail';
    },
  ),
);
describeStepLaws('validate-fresh-target', () =>
  makeWorld(
    (plane) =>
      seal(
        createValidateFreshTarget({
          ...{ ...readingOf(plane), database: { check: plane.check } },
          fresh: { listExtensions: () => Promise.resolve([vector]) },
          schemas: createSchemaComparer(plane.fingerprints),
          checkAws: () => Promise.resolve([{ check: 'cluster', result: 'pass', detail: 'available' }]),
        }),
      ),
    (plane) => {
      plane.health = 'fail';
    },
  ),
);

test('statistics that an earlier attempt has gathered are not gathered again', async () => {
  const { plane, earlier = {} } = await makeWorld(analyzeOf, () => undefined);
  const { io, journal } = createStepIo('law-000000', 'analyze-target');
  const step = analyzeOf(plane);
  expect(await step.run(io, inputs(earlier, lawConfig))).toEqual({ tables: 2 });
  const again = createStepIo('law-000000', 'analyze-target', journal);
  expect(await step.run(again.io, inputs(earlier, lawConfig))).toEqual({ tables: 2 });
  expect(plane.mutations).toEqual(['ANALYZE']);
});

test('tables that came since are analyzed, whatever an earlier attempt has done', async () => {
  const { plane, earlier = {} } = await makeWorld(analyzeOf, () => undefined);
  const { io } = createStepIo('law-000000', 'analyze-target');
  const step = analyzeOf(plane);
  await step.run(io, inputs(earlier, lawConfig));
  plane.unanalyzed = ['public.new'];
  await step.run(io, inputs(earlier, lawConfig));
  expect(plane.mutations).toEqual(['ANALYZE', 'ANALYZE']);
});
