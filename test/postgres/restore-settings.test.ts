import { expect, test } from 'vitest';
import { restoreSettings, sizeRestore } from '../../src/postgres/restore-settings.js';

test.each([
  // An ACU brings about a quarter of a processor, and 2 GiB of memory.
  [
    { maxAcu: 1, jobs: 2 },
    { alone: 1, ofJob: 0, megabytes: 256 },
  ],
  [
    { maxAcu: 8, jobs: 2 },
    { alone: 1, ofJob: 0, megabytes: 2048 },
  ],
  [
    { maxAcu: 16, jobs: 2 },
    { alone: 3, ofJob: 1, megabytes: 4096 },
  ],
  [
    { maxAcu: 16, jobs: 4 },
    { alone: 3, ofJob: 0, megabytes: 2048 },
  ],
  [
    { maxAcu: 256, jobs: 4 },
    { alone: 8, ofJob: 8, megabytes: 8192 },
  ],
])('%o', ({ maxAcu, jobs }, { alone, ofJob, megabytes }) => {
  const sizing = sizeRestore(maxAcu, jobs);
  expect(sizing).toEqual({
    maintenanceWorkMemBytes: megabytes * 1024 ** 2,
    parallelMaintenanceWorkers: alone,
    parallelWorkersOfJob: ofJob,
  });
  expect(restoreSettings(sizing)).toMatchObject({
    maintenance_work_mem: `${String(megabytes * 1024)}kB`,
    max_parallel_maintenance_workers: String(alone),
  });
});
