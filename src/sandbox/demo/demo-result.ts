import type { NeighbourComparison } from './compare-neighbours.js';

/** What a demonstration found out. */
export interface DemoResult {
  readonly pgvector: string | undefined;
  readonly neighbours: NeighbourComparison;
  readonly acknowledgedWrites: number;
  /** Writes that the application was told are safe and that the new database does not hold. */
  readonly lostWrites: number;
  /** The longest time without an acknowledged write, in real milliseconds. */
  readonly downtimeMs: number;
  readonly speed: number;
  readonly engine: string;
  readonly writesOnTarget: number;
  readonly elapsedMs: number;
}

/** What is off, in words; nothing when the demonstration is a success. */
export function findFaults(result: DemoResult): string[] {
  const { neighbours, lostWrites, acknowledgedWrites, writesOnTarget, engine, pgvector } = result;
  return [
    ...(lostWrites === 0 ? [] : [`${String(lostWrites)} acknowledged writes are lost`]),
    ...(acknowledgedWrites > 0 ? [] : ['the application wrote nothing']),
    ...(writesOnTarget > 0 ? [] : ['the application wrote nothing after the move']),
    ...(neighbours.queries > 0 && neighbours.equal === neighbours.queries
      ? []
      : ['the nearest neighbours differ']),
    ...(engine === 'aurora-postgresql' ? [] : [`the application is on ${engine}`]),
    ...(pgvector === undefined ? ['pgvector is missing'] : []),
  ];
}

/** The result for people. */
export function renderDemo(result: DemoResult): string {
  const { neighbours, downtimeMs, elapsedMs } = result;
  const equal = neighbours.equal === neighbours.queries ? 'equal' : 'NOT EQUAL';
  return [
    `application on:             ${result.engine}`,
    `pgvector:                   ${result.pgvector ?? 'missing'}`,
    `nearest neighbours:         ${equal} (${String(neighbours.equal)} of ${String(neighbours.queries)} query vectors)`,
    `downtime measured:          ${seconds(downtimeMs)} s (AWS waits ${String(result.speed)} times shorter than real ones)`,
    `writes acknowledged:        ${String(result.acknowledgedWrites)}, ${String(result.writesOnTarget)} of them after the move`,
    `acknowledged writes lost: ${String(result.lostWrites)}`,
    `took ${seconds(elapsedMs)} s`,
  ].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
