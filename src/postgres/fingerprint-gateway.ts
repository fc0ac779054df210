import type { Progress } from '../pipeline/step.js';
import type { Comparison, ServerRef } from '../steps/refs.js';
import { compareFingerprints } from './compare-fingerprints.js';
import { locateDifferences } from './locate-differences.js';
import { parseFingerprint } from './fingerprint.js';
import type { Fingerprint } from './fingerprint.js';
import type { Sessions } from './session.js';
import { takeFingerprint } from './take-fingerprint.js';

export interface FingerprintRequest {
  readonly mode: 'checksum' | 'count';
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** The fingerprint that this one will be compared with. */
  readonly comparedWith?: Fingerprint;
}

/** Reads what databases hold, and compares it. Changes nothing. */
export interface FingerprintGateway {
  take(server: ServerRef, request: FingerprintRequest): Promise<Fingerprint>;
  /** @param asOf when the target was made from an older snapshot: of which moment, ISO 8601 */
  compare(source: Fingerprint, target: Fingerprint, asOf?: string): Comparison[];
  /** Names the rows that differ; reads both servers again. */
  locate(
    servers: { readonly source: ServerRef; readonly target: ServerRef },
    comparisons: readonly Comparison[],
    signal: AbortSignal,
  ): Promise<Comparison[]>;
  print(fingerprint: Fingerprint): string;
  parse(text: string): Fingerprint;
}

/** @param jobs sessions at once */
export function createFingerprintGateway(sessions: Sessions, jobs: number): FingerprintGateway {
  return {
    take: (server, { mode, signal, progress, comparedWith }) =>
      takeFingerprint(sessions, server, {
        mode,
        jobs,
        signal,
        ...(comparedWith === undefined ? {} : { comparedWith }),
        ...(progress === undefined
          ? {}
          : { progressed: (item, done, total) => progress({ item, done, total, unit: 'bytes' }) }),
      }),
    compare: compareFingerprints,
    locate: (servers, comparisons, signal) => locateDifferences(sessions, servers, comparisons, signal),
    print: (fingerprint) => `${JSON.stringify(fingerprint)}\n`,
    parse: parseFingerprint,
  };
}
