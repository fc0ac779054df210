import type { Progress } from '../pipeline/step.js';
import { MigrationError } from '../errors.js';
import type { DatabaseChecks } from '../postgres/connection-check.js';
import type { Fingerprint } from '../postgres/fingerprint.js';
import type { FingerprintGateway } from '../postgres/fingerprint-gateway.js';
import { isFailure, type CheckResult, type Comparison, type ServerRef } from './refs.js';

export interface ValidationDependencies {
  readonly database: DatabaseChecks;
  readonly fingerprints: Pick<FingerprintGateway, 'take' | 'compare' | 'locate'>;
}

export interface ValidationOrder {
  readonly target: ServerRef;
  /** What the target is held against: a fingerprint taken before, or a server to be read now. */
  readonly source: { readonly fingerprint: Fingerprint } | { readonly server: ServerRef };
  readonly mode: 'checksum' | 'count';
  /** Comparisons made while nobody wrote; data found equal then may have been written to since. */
  readonly verified?: readonly Comparison[];
  /** When the target was made from an older snapshot: of which moment, ISO 8601. */
  readonly asOf?: string | undefined;
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

export interface Validation {
  readonly checks: readonly CheckResult[];
  readonly comparisons: readonly Comparison[];
}

/** Logs in to the target, looks for pgvector, and compares all it holds with the source. Changes nothing. */
export async function validateTarget(
  dependencies: ValidationDependencies,
  order: ValidationOrder,
): Promise<Validation> {
  const { signal, mode, target } = order;
  const checks = await checkDatabase(dependencies.database, target, signal);
  if (checks.some((one) => one.result === 'fail')) return { checks, comparisons: [] };
  const reporting = order.progress === undefined ? {} : { progress: order.progress };
  const source =
    'fingerprint' in order.source
      ? order.source.fingerprint
      : await dependencies.fingerprints.take(order.source.server, { mode, signal, ...reporting });
  const found = await dependencies.fingerprints.take(target, {
    mode: source.mode,
    signal,
    comparedWith: source,
    ...reporting,
  });
  const compared = settle(dependencies.fingerprints.compare(source, found, order.asOf), order.verified ?? []);
  const comparisons =
    'server' in order.source
      ? await dependencies.fingerprints.locate({ source: order.source.server, target }, compared, signal)
      : compared;
  return { checks: judgeVector(checks, source), comparisons };
}

/** True when every check passed and no comparison failed: what was not compared is no success. */
export function isValid(validation: Validation): boolean {
  return validation.checks.every((one) => one.result === 'pass') && !validation.comparisons.some(isFailure);
}

async function checkDatabase(
  database: DatabaseChecks,
  target: ServerRef,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  try {
    return await database.check(target, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof MigrationError)) throw error;
    return [{ check: 'direct connection', result: 'fail', detail: error.message }];
  }
}

/** A source without pgvector asks for none. */
function judgeVector(checks: readonly CheckResult[], source: Fingerprint): CheckResult[] {
  const hadVector = source.sections['extensions']?.['vector'] !== undefined;
  return checks.map((one) => {
    if (one.check !== 'pgvector' || one.result !== 'not-checked') return one;
    return hadVector
      ? { ...one, result: 'fail' }
      : { ...one, result: 'pass', detail: `${one.detail}; the source has none either` };
  });
}

const data = /^(rows of |nearest neighbours of |index |large objects$)/;

/**
 * Once the application writes to the target, its rows are no longer the source's: what counts is that they were equal when
 * both were quiet. Definitions and sequences have no such excuse.
 */
function settle(comparisons: readonly Comparison[], verified: readonly Comparison[]): Comparison[] {
  const matched = new Map(verified.filter((one) => one.result === 'match').map((one) => [one.item, one]));
  return comparisons.map((one) => {
    const before = matched.get(one.item);
    if (
      one.result === 'match' ||
      one.result === 'not-compared' ||
      before === undefined ||
      !data.test(one.item)
    )
      return one;
    return {
      item: one.item,
      result: 'match',
      detail: `${before.detail ?? 'equal'} when verified; written to by the application since`,
    };
  });
}
