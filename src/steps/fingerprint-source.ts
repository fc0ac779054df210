/**
 * Writes down what the source holds once nobody writes any more: `fingerprint.json` in the run's folder, with its hash in
 * the journal. Reads only; a crash leaves nothing, and running again gives the same file.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { FingerprintGateway } from '../postgres/fingerprint-gateway.js';
import type { RunFiles } from '../process/run-files.js';
import { checkReadiness, fingerprintSource } from './refs.js';
import type { ServerRef } from './refs.js';

export interface FingerprintSourceDependencies {
  readonly fingerprints: Pick<FingerprintGateway, 'take' | 'print'>;
  readonly files: RunFiles;
}

export interface FingerprintSourceInput {
  readonly server: ServerRef;
  readonly mode: 'checksum' | 'count';
}

type Output = ReturnType<(typeof fingerprintSource)['output']['parse']>;

const fileName = 'fingerprint.json';

export function createFingerprintSource(
  dependencies: FingerprintSourceDependencies,
): Step<FingerprintSourceInput, Output, Config> {
  return {
    ...fingerprintSource,
    title: 'Fingerprint the source',
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    typicalSeconds: [5, 600],
    writersPaused: true,
    select: (from) => ({
      server: from.outputOf(checkReadiness).source.server,
      mode: from.config.verify.rows,
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `read ${config.source.database}: catalogs, every row (${config.verify.rows}), sequences, large objects, nearest neighbours`,
        ],
      }),
    run: async (io, { server, mode }) => {
      const found = await dependencies.fingerprints.take(server, {
        mode,
        signal: io.signal,
        progress: (progress) => io.progress(progress),
      });
      const rows = found.contents.reduce((sum, one) => sum + Number(one.rows), 0);
      const sha256 = await dependencies.files.write(fileName, dependencies.fingerprints.print(found));
      io.note(`${String(found.contents.length)} tables, ${String(rows)} rows`);
      return { file: fileName, sha256, tables: found.contents.length, rows };
    },
    verify: async (_io, _input, output) => {
      const file = await dependencies.files.read(output.file);
      if (file?.sha256 === output.sha256) return;
      throw new VerifyError(
        'FingerprintDamaged',
        `${output.file} is ${file === undefined ? 'missing' : 'not what was written'}`,
        {
          resource: dependencies.files.pathOf(output.file),
        },
      );
    },
  };
}
