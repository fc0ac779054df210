import { findPostgresInstallations } from '../src/process/postgres-installations.js';

/** The older major version that databases are moved to in tests. */
export const olderMajor = 15;
/** The oldest that databases are moved from in tests. */
export const oldestMajor = 13;

const installations = await findPostgresInstallations();
const serversOf = (wanted: number) => installations.filter(({ server, major }) => server && major === wanted);

export const hasServer = (major: number): boolean => serversOf(major).length > 0;
export const hasServerWithVector = (major: number): boolean =>
  serversOf(major).some(({ pgvector }) => pgvector !== undefined);

/** For the names of tests that are skipped, which are counted and told. */
export const serverLacks = (major: number): string =>
  `needs PostgreSQL ${String(major)} (node scripts/setup.mjs --tests says why there is none)`;
export const vectorLacks = (major: number): string =>
  `needs pgvector for PostgreSQL ${String(major)} (node scripts/setup.mjs --tests says why there is none)`;
