import type { Problem } from '../errors.js';
import type { PostgresInstallation } from './postgres-installations.js';

/** The pg_dump and pg_restore to use. */
export interface PostgresClients {
  readonly major: number;
  readonly version: string;
  readonly binDir: string;
}

export type ClientChoice =
  | { readonly kind: 'chosen'; readonly clients: PostgresClients }
  | { readonly kind: 'blocked'; readonly problem: Problem };

/**
 * Oldest minor of each major that may talk to a server: the minors of 14 May 2026 close CVE-2026-6477, by which a server
 * corrupts pg_dump's memory through large objects (PostgreSQL release notes 18.4, 17.10, 16.14, 15.18, 14.23).
 */
const floors: Readonly<Record<number, number>> = { 14: 23, 15: 18, 16: 14, 17: 10, 18: 4 };

/** The first whose schema public is nobody's to write into; pg_dump before it does not carry over that it was. */
const closedPublic = 15;

/**
 * Picks the clients for a move: never of an older major than the source (pg_dump refuses), never below the security floor,
 * and of what remains the major nearest to the source's, whose own bookkeeping only its pg_dump leaves out; but, where
 * there is one, none that would lose the rights on schema public (PostgreSQL 15 release notes, "Migration to Version 15").
 * Of one major the newest minor.
 * @param sourceVersion e.g. `17.7`.
 */
export function choosePostgresClients(
  installations: readonly PostgresInstallation[],
  sourceVersion: string,
  targetVersion: string,
): ClientChoice {
  const major = Number.parseInt(sourceVersion, 10);
  const isLossy = (one: PostgresInstallation): number =>
    Number(one.major < closedPublic && Number.parseInt(targetVersion, 10) >= closedPublic);
  const fitting = installations
    .filter((one) => one.clients && one.major >= major && isSafe(one.version))
    .sort(
      (one, other) =>
        isLossy(one) - isLossy(other) ||
        one.major - other.major ||
        minorOf(other.version) - minorOf(one.version),
    );
  const [best] = fitting;
  if (best !== undefined)
    return { kind: 'chosen', clients: { major: best.major, version: best.version, binDir: best.binDir } };
  return { kind: 'blocked', problem: describeLack(installations, major) };
}

function isSafe(version: string): boolean {
  const major = Number.parseInt(version, 10);
  const floor = floors[major];
  return floor === undefined ? major > 18 : minorOf(version) >= floor;
}

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

function describeLack(installations: readonly PostgresInstallation[], major: number): Problem {
  const found = installations.filter((one) => one.clients).map((one) => `${one.version} (${one.binDir})`);
  const wanted = `${String(major)}.${String(floors[major] ?? 0)}`;
  return {
    code: 'NoPostgresClients',
    what: `no pg_dump and pg_restore of version ${wanted} or later`,
    why: `they must not be older than the source, nor below the minor that closes CVE-2026-6477; found: ${found.join(', ') || 'none'}`,
    fix: `npm run setup, or install PostgreSQL ${String(major)} client tools (apt install postgresql-client-${String(major)}, dnf install postgresql${String(major)}, brew install postgresql@${String(major)})`,
  };
}
