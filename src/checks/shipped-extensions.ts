import type { ServerRef } from '../steps/refs.js';
import type { ReadinessCheck } from './readiness-check.js';
import { compareVersions } from './target-version.js';

/**
 * pgvector by Aurora PostgreSQL version. Source: "Extension versions for Aurora PostgreSQL" in its release notes. A patch
 * may bring another version inside one minor, so what is not listed here, and what is, is looked at again on the target.
 */
const pgvector: Readonly<Record<string, string>> = {
  '15.5': '0.5.1', '15.6': '0.5.1', '15.7': '0.7.0', '15.8': '0.7.3', '15.10': '0.7.4', '15.12': '0.8.0',
  '15.13': '0.8.0', '15.14': '0.8.0', '15.15': '0.8.0', '15.17': '0.8.1',
  '16.1': '0.5.1', '16.2': '0.5.1', '16.3': '0.7.0', '16.4': '0.7.3', '16.6': '0.7.4', '16.8': '0.8.0',
  '16.9': '0.8.0', '16.10': '0.8.0', '16.11': '0.8.0', '16.13': '0.8.1',
  '17.4': '0.8.0', '17.5': '0.8.0', '17.6': '0.8.0', '17.7': '0.8.0', '17.9': '0.8.1', '17.10': '0.8.2',
  '18.3': '0.8.1', '18.4': '0.8.2',
}; // prettier-ignore

/** Installed version by extension. Reads only. */
export type ReadExtensions = (
  server: ServerRef,
) => Promise<readonly { readonly name: string; readonly version: string }[]>;

/** An extension in a snapshot keeps its version, and there are no scripts that lead back. */
export function createShippedExtensionsCheck(readExtensions: ReadExtensions): ReadinessCheck {
  return {
    id: 'shipped-extensions',
    title: 'The target ships pgvector in a version no older than the installed one',
    find: async ({ server, target: { version } }) => {
      const shipped = pgvector[version];
      const installed = (await readExtensions(server)).find(({ name }) => name === 'vector')?.version;
      if (shipped === undefined || installed === undefined || compareVersions(installed, shipped) <= 0)
        return [];
      const newer = Object.keys(pgvector).filter(
        (one) =>
          one.split('.')[0] === version.split('.')[0] &&
          compareVersions(installed, pgvector[one] ?? '0') <= 0,
      );
      return [
        {
          code: 'ExtensionTooNew',
          what: `pgvector is ${installed} on the source, and Aurora PostgreSQL ${version} ships ${shipped}`,
          why: 'A restored database keeps its version of an extension, and an older library cannot run it; nor does a dump go to an older one',
          fix:
            newer.length === 0
              ? 'wait for a release of Aurora that ships it, or use: rds2aurora migrate dump-restore, to a later major version'
              : `set target.engineVersion to one of ${newer.join(', ')}`,
        },
      ];
    },
  };
}
