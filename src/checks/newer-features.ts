import type { NewerFeature } from '../postgres/newer/list-newer-features.js';
import type { ServerRef } from '../steps/refs.js';
import type { ReadinessCheck } from './readiness-check.js';
import { majorOf } from './target-version.js';

/** What the database holds that a server of that major version cannot have. Reads only. */
export type ListNewerFeatures = (server: ServerRef, major: number) => Promise<readonly NewerFeature[]>;

/** Objects of one kind that are named. */
const named = 5;

/** pg_dump writes what its own version knows; an older server stops the restore there, with the application paused. */
export function createNewerFeaturesCheck(listNewerFeatures: ListNewerFeatures): ReadinessCheck {
  return {
    id: 'newer-features',
    title: 'The database holds nothing that the major version of the target does not know',
    find: async ({ server, source, target: { version } }) => {
      const major = majorOf(version);
      const features = await listNewerFeatures(server, major);
      return features.map(({ what, objects, fix }) => ({
        code: 'NewerThanTarget',
        what: `${server.database} has ${what}: ${listSome(objects)}`,
        why: `PostgreSQL ${String(major)} does not know them, and the source is ${source.engineVersion}`,
        fix: `${fix}; or set target.engineVersion to a version ${String(majorOf(source.engineVersion))}`,
      }));
    },
  };
}

function listSome(names: readonly string[]): string {
  const more = names.length - named;
  return more > 0 ? `${names.slice(0, named).join(', ')} and ${String(more)} more` : names.join(', ');
}
