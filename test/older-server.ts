import { findPostgresInstallations } from '../src/process/postgres-installations.js';

/** The older major version that databases are moved to in tests. */
export const olderMajor = 15;

const servers = (await findPostgresInstallations()).filter((one) => one.server && one.major === olderMajor);

export const hasOlderServer = servers.length > 0;
export const hasOlderServerWithVector = servers.some(({ pgvector }) => pgvector !== undefined);

/** For the names of tests that are skipped, which are counted and told. */
export const olderServerLacks = `needs PostgreSQL ${String(olderMajor)} (node scripts/setup.mjs --tests says why there is none)`;
export const olderVectorLacks = `needs pgvector for PostgreSQL ${String(olderMajor)} (node scripts/setup.mjs --tests says why there is none)`;
