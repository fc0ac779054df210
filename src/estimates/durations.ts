import type { DatabaseMeasures, Range } from './measures.js';

/**
 * Bytes a second, [slow, fast]. Judgement, not measurement: what small to middling servers do. The one figure AWS gives
 * is for a restored cluster, "several hours per terabyte" (Aurora User Guide, migrating from RDS for PostgreSQL).
 */
const rates = {
  dump: [10e6, 100e6],
  load: [5e6, 50e6],
  stream: [8e6, 80e6],
  indexBuild: [5e6, 50e6],
  vectorIndexBuild: [0.5e6, 8e6],
  read: [20e6, 200e6],
  snapshot: [50e6, 500e6],
  restore: [1e12 / (6 * 3600), 1e12 / (2 * 3600)],
} as const satisfies Record<string, Range>;

type Rate = keyof typeof rates;

/** How long a step takes with this much data, in seconds; undefined for a step that does not depend on it. */
export function estimateSeconds(step: string, measures: DatabaseMeasures): Range | undefined {
  const { databaseBytes, serverBytes, tables, indexBytes, vectorIndexBytes } = measures;
  const rows = Math.max(0, databaseBytes - indexBytes);
  const plainIndexes = Math.max(0, indexBytes - vectorIndexBytes);
  switch (step) {
    case 'dump-database':
      return sum([5, 30], time(rows, 'dump'));
    case 'restore-database':
    case 'stream-database':
      return sum(
        [10, 60],
        time(rows, step === 'stream-database' ? 'stream' : 'load'),
        time(plainIndexes, 'indexBuild'),
        time(vectorIndexBytes, 'vectorIndexBuild'),
      );
    case 'fingerprint-source':
    case 'verify-data':
    case 'validate-target':
      return sum([5, 30], time(rows, 'read'));
    case 'analyze-target':
      return [1 + tables * 0.05, 5 + tables];
    case 'take-snapshot':
      return sum([120, 600], time(serverBytes, 'snapshot'));
    case 'restore-cluster':
    case 'hydrate-source':
      return sum([600, 1_800], time(serverBytes, 'restore'));
    case 'deploy-from-snapshot':
      return sum([900, 2_400], time(serverBytes, 'restore'));
    default:
      return undefined;
  }
}

/** By the stream engine the archive holds definitions alone. */
export const definitionsSeconds: Range = [3, 30];

/** The rates that a path depends on, in a sentence. */
export function describeRates(path: string, isStream = false): string {
  const streamed: readonly [Rate, string][] = [['stream', 'copy']];
  const dumped: readonly [Rate, string][] = [
    ['dump', 'dump'],
    ['load', 'load'],
  ];
  const used: readonly [Rate, string][] =
    path === 'snapshot'
      ? [
          ['snapshot', 'snapshot'],
          ['restore', 'restore of a snapshot (AWS: several hours per terabyte)'],
          ['read', 'comparison'],
        ]
      : [
          ...(isStream ? streamed : dumped),
          ['indexBuild', 'building of indexes'],
          ['vectorIndexBuild', "building of pgvector's indexes"],
          ['read', 'comparison'],
        ];
  return used.map(([rate, name]) => `${name} ${megabytes(rate)} MB/s`).join(', ');
}

function megabytes(rate: Rate): string {
  return rates[rate].map((bytes) => String(Number((bytes / 1e6).toPrecision(2)))).join(' to ');
}

function time(bytes: number, rate: Rate): Range {
  const [slow, fast] = rates[rate];
  return [bytes / fast, bytes / slow];
}

function sum(...ranges: readonly Range[]): Range {
  return ranges.reduce<Range>(([low, high], [more, most]) => [low + more, high + most], [0, 0]);
}
