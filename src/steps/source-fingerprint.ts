import { VerifyError } from '../errors.js';
import type { Fingerprint } from '../postgres/fingerprint.js';
import type { FingerprintGateway } from '../postgres/fingerprint-gateway.js';
import type { RunFiles } from '../process/run-files.js';

/** Where the fingerprint of the source lies, and its hash as the journal knows it. */
export interface FingerprintFile {
  readonly file: string;
  readonly sha256: string;
}

export interface FingerprintReading {
  readonly fingerprints: Pick<FingerprintGateway, 'parse'>;
  readonly files: RunFiles;
}

/** @throws VerifyError when the file is not the one that was written. */
export async function readSourceFingerprint(
  reading: FingerprintReading,
  wanted: FingerprintFile,
): Promise<Fingerprint> {
  const found = await reading.files.read(wanted.file);
  if (found?.sha256 === wanted.sha256) return reading.fingerprints.parse(found.text);
  throw new VerifyError('FingerprintDamaged', `${wanted.file} is not the fingerprint that this run took`, {
    resource: reading.files.pathOf(wanted.file),
  });
}

/** Rows of each table, by which progress is measured. */
export function rowTotals(fingerprint: Fingerprint): ReadonlyMap<string, number> {
  return new Map(fingerprint.contents.map((one) => [one.table, Number(one.rows)]));
}
