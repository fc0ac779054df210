import { expect, test } from 'vitest';
import type { StepIo } from '../../src/pipeline/step.js';
import type { RestoreOrder } from '../../src/postgres/restore-gateway.js';
import { sizeRestore } from '../../src/postgres/restore-settings.js';
import { buildIndex } from '../../src/steps/stream-restore.js';
import { createInstantClock } from '../laws/law-io.js';

const server = { host: 'target', port: 5432, database: 'rag', user: 'master', secret: 's' };
const { signal } = new AbortController();
const sizing = sizeRestore(16, 2);

const io: StepIo = {
  ...{ runId: 'rag-000000', stepId: 'stream-database', signal, clock: createInstantClock() },
  ...{ note: () => undefined, progress: () => undefined, observed: () => undefined, intents: () => [] },
  mutate: (_intent, call) => call(),
};

test.each([
  [true, sizing.parallelMaintenanceWorkers],
  [false, sizing.parallelWorkersOfJob],
])('an index (of vectors: %s) is built with %i workers', async (vector, workers) => {
  const orders: RestoreOrder[] = [];
  const restores = {
    restore: (order: RestoreOrder) => {
      orders.push(order);
      return Promise.resolve([]);
    },
    inspect: () => Promise.reject(new Error('nobody asks')),
  };
  const input = {
    ...{ source: server, target: server, directory: '/dump', manifestSha256: '', jobs: 2, maxAcu: 16 },
    clients: { major: 17, version: '17.12', binDir: '/bin' },
    fingerprint: { file: 'f', sha256: '' },
  };
  const work = { restores, io, input, sizing, totals: new Map(), existingSchemas: [] };
  await buildIndex(work, { label: 'public.i', entry: '1259 1', vector }, signal);
  expect(orders.map((order) => order.sizing)).toEqual([{ ...sizing, parallelMaintenanceWorkers: workers }]);
});
