import type { Comparison, ServerRef } from '../steps/refs.js';
import { compareSections } from './compare-sections.js';
import type { Fingerprint } from './fingerprint.js';
import type { FingerprintGateway } from './fingerprint-gateway.js';

/** Holds the definitions of a target against those of a fingerprint; rows and values of sequences are left out. */
export interface SchemaComparer {
  compare(source: Fingerprint, target: ServerRef, signal: AbortSignal): Promise<Comparison[]>;
}

export function createSchemaComparer(fingerprints: Pick<FingerprintGateway, 'take'>): SchemaComparer {
  return {
    compare: async (source, target, signal) => {
      const found = await fingerprints.take(target, { mode: 'count', signal });
      // The application, or the init SQL, may have added to what came along.
      return compareSections(source, found).filter(({ detail }) => detail !== 'only on the target');
    },
  };
}
