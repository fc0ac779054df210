import { z } from 'zod';
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
      return compareSections(withoutRows(source), withoutRows(found)).filter(
        ({ detail }) => detail !== 'only on the target',
      );
    },
  };
}

const definition = z.record(z.string(), z.unknown());
type Sections = Fingerprint['sections'];

function withoutRows(fingerprint: Fingerprint): Fingerprint {
  return { ...fingerprint, sections: withoutLargeObjects(withoutPopulation(fingerprint.sections)) };
}

/** Whether a materialized view holds rows is no part of its definition: pg_dump --schema-only leaves it empty. */
function withoutPopulation(sections: Sections): Sections {
  const { views } = sections;
  if (views === undefined) return sections;
  const bare = Object.entries(views).map(([name, value]): [string, string] => {
    const { populated: _, ...rest } = definition.parse(JSON.parse(value));
    return [name, JSON.stringify(rest)];
  });
  return { ...sections, views: Object.fromEntries(bare) };
}

/** pg_dump --schema-only takes them for data, and their owners, grants and comments with them. */
function withoutLargeObjects(sections: Sections): Sections {
  const { 'owners of large objects': _, ...others } = sections;
  return Object.fromEntries(
    Object.entries(others).map(([name, section]) => [
      name,
      Object.fromEntries(Object.entries(section).filter(([key]) => !key.startsWith('large object '))),
    ]),
  );
}
