import { createHash } from 'node:crypto';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Printed, so that a failure that depends on the order can be had again: TEST_SEED=… npm test. */
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);

/** Many moves and rollbacks, minutes each, whose parts other tests cover: `npm run campaign` makes them. */
const long = [
  'test/campaigns/by-hand.test.ts',
  'test/campaigns/faults.test.ts',
  'test/campaigns/fresh.test.ts',
  'test/campaigns/hydrate-relay.test.ts',
  'test/campaigns/replace-relay.test.ts',
  'test/campaigns/round-trip.test.ts',
  'test/campaigns/scale.test.ts',
  'test/campaigns/snapshot-rollback.test.ts',
  'test/e2e/finalize-snapshot.test.ts',
  'test/e2e/finalize.test.ts',
  'test/e2e/fresh-api.test.ts',
  'test/e2e/snapshot-delete-failed.test.ts',
  'test/e2e/snapshot-given.test.ts',
  'test/e2e/snapshot-hydrate.test.ts',
  'test/e2e/take-over.test.ts',
  'test/steps/stream-path.test.ts',
];

/** Files in an order that the seed alone decides, the slow ones first: else one of them runs at the end with a processor idle. */
class SlowFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): string =>
      (/\/test\/(e2e|campaigns)\//.test(moduleId) ? '0' : '1') +
      createHash('sha256')
        .update(`${String(seed)} ${moduleId}`)
        .digest('hex');
    return Promise.resolve(files.sort((one, other) => (place(one) < place(other) ? -1 : 1)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env['CAMPAIGN'] === 'full' ? [] : long,
    pool: 'forks',
    maxWorkers: 2,
    // Tests share two processors with the servers they start.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    // Files in any order; the tests of a file may share a server, and run as they are written.
    sequence: { sequencer: SlowFirst, seed },
    // A test must not see the developer's own AWS or PostgreSQL settings.
    env: {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  },
});
