/** Memory of one Aurora capacity unit (Aurora User Guide: "How Aurora Serverless v2 works", about 2 GiB an ACU). */
const bytesPerAcu = 2 * 1024 ** 3;
const minimum = 64 * 1024 ** 2;
const maximum = 8 * 1024 ** 3;

export interface RestoreSizing {
  readonly maintenanceWorkMemBytes: number;
  /** Of a build that has the server to itself. */
  readonly parallelMaintenanceWorkers: number;
  /** Of a build beside which every other job is busy, too. */
  readonly parallelWorkersOfJob: number;
}

/**
 * Memory and workers of index builds, for the capacity that the cluster may grow to: a quarter of its memory, shared
 * by the jobs that build at once. An HNSW graph that does not fit is built many times slower (pgvector README, Index Build Time).
 */
export function sizeRestore(maxAcu: number, jobs: number): RestoreSizing {
  const share = (maxAcu * bytesPerAcu) / 4 / jobs;
  // With the session itself, one for each processor: an ACU brings about a quarter of one. More wait for each other.
  const processors = maxAcu / 4;
  const workersOf = (some: number): number => Math.min(8, Math.floor(some) - 1);
  return {
    maintenanceWorkMemBytes: Math.round(Math.min(maximum, Math.max(minimum, share))),
    parallelMaintenanceWorkers: Math.max(1, workersOf(processors)),
    parallelWorkersOfJob: Math.max(0, workersOf(processors / jobs)),
  };
}

/** Settings of pg_restore's sessions. Those that make much wait for no commit: see `makeDurable`. */
export function restoreSettings(sizing: RestoreSizing): Record<string, string> {
  return {
    maintenance_work_mem: `${String(Math.floor(sizing.maintenanceWorkMemBytes / 1024))}kB`,
    max_parallel_maintenance_workers: String(sizing.parallelMaintenanceWorkers),
    synchronous_commit: 'off',
    default_transaction_read_only: 'off',
    statement_timeout: '0',
    lock_timeout: '0',
    idle_in_transaction_session_timeout: '0',
  };
}
