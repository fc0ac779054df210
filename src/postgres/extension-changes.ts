import { PreconditionError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { compareVersions } from './compare-sections.js';
import { quoteIdentifier, quoteLiteral } from './identifier.js';
import { isReservedRole } from './inventory/section.js';
import type { Change } from './role-changes.js';
import type { Sessions } from './session.js';

export interface ExtensionFact {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
  /** Owner of the schema. */
  readonly owner: string;
}

interface AvailableRow {
  readonly name: string;
  readonly default_version: string;
  readonly versions: readonly string[];
}

/** Extensions of the source, those that others need first. */
export function readExtensions(sessions: Sessions, server: ServerRef): Promise<ExtensionFact[]> {
  return sessions.use(server, { mode: 'read' }, (session) =>
    session.rows<ExtensionFact>(`SELECT e.extname AS name, e.extversion AS version, n.nspname AS schema,
        pg_get_userbyid(n.nspowner)::text AS owner
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.oid`),
  );
}

/**
 * Statements that create what the target lacks, each extension in a version not older than the source's.
 * @throws PreconditionError naming every extension that the target cannot have; nothing was changed.
 */
export async function planExtensions(
  sessions: Sessions,
  wanted: readonly ExtensionFact[],
  target: ServerRef,
  targetExists: boolean,
): Promise<{
  readonly changes: Change[];
  readonly extensions: { readonly name: string; readonly version: string }[];
}> {
  const available = await readAvailable(sessions, target);
  const problems = wanted.flatMap((one) => findProblem(one, available.get(one.name)));
  if (problems.length > 0) {
    throw new PreconditionError(
      'ExtensionUnavailable',
      `the target cannot have ${String(problems.length)} extensions of the source`,
      {
        why: problems.join('; '),
        next: ['choose a newer engine version for the target, or drop these extensions from the source'],
        resource: target.host,
      },
    );
  }
  const standing = targetExists ? await readExtensions(sessions, target) : [];
  const present = new Map(standing.map((one) => [one.name, one]));
  const changes = wanted.flatMap((one) => changesFor(one, present.get(one.name), available.get(one.name)));
  const extensions = wanted.map((one) => ({
    name: one.name,
    version: chooseVersion(one, available.get(one.name)),
  }));
  return { changes, extensions };
}

async function readAvailable(sessions: Sessions, target: ServerRef): Promise<Map<string, AvailableRow>> {
  const maintenance = { ...target, database: target.database === 'postgres' ? 'template1' : 'postgres' };
  const rows = await sessions.use(maintenance, { mode: 'read' }, (session) =>
    session.rows<AvailableRow>(`SELECT a.name::text, a.default_version,
        ARRAY(SELECT v.version FROM pg_available_extension_versions v WHERE v.name = a.name) AS versions
      FROM pg_available_extensions a`),
  );
  return new Map(rows.map((row) => [row.name, row]));
}

function findProblem(one: ExtensionFact, available: AvailableRow | undefined): string[] {
  if (available === undefined) return [`${one.name} is not available`];
  if (isRecent(one, available.default_version) || available.versions.includes(one.version)) return [];
  return [`${one.name} ${one.version} on the source, only ${available.default_version} on the target`];
}

function isRecent(one: ExtensionFact, version: string): boolean {
  return compareVersions(one.version, version) <= 0;
}

function chooseVersion(one: ExtensionFact, available: AvailableRow | undefined): string {
  const newest = available?.default_version ?? one.version;
  return isRecent(one, newest) ? newest : one.version;
}

function changesFor(
  one: ExtensionFact,
  present: ExtensionFact | undefined,
  available: AvailableRow | undefined,
): Change[] {
  const version = chooseVersion(one, available);
  if (present !== undefined && isRecent(one, present.version)) return [];
  const name = quoteIdentifier(one.name);
  if (present !== undefined) {
    return [
      {
        statement: 'ALTER EXTENSION',
        key: one.name,
        sql: `ALTER EXTENSION ${name} UPDATE TO ${quoteLiteral(version)}`,
      },
    ];
  }
  const isSystem = ['public', 'pg_catalog'].includes(one.schema);
  const schema = quoteIdentifier(one.schema);
  const authorization = isReservedRole(one.owner) ? '' : ` AUTHORIZATION ${quoteIdentifier(one.owner)}`;
  const inSchema = one.schema === 'pg_catalog' ? '' : ` SCHEMA ${schema}`;
  return [
    ...(isSystem
      ? []
      : [
          {
            statement: 'CREATE SCHEMA',
            key: one.schema,
            sql: `CREATE SCHEMA IF NOT EXISTS ${schema}${authorization}`,
          },
        ]),
    {
      statement: 'CREATE EXTENSION',
      key: one.name,
      sql: `CREATE EXTENSION IF NOT EXISTS ${name}${inSchema} VERSION ${quoteLiteral(version)} CASCADE`,
    },
  ];
}
