import type { DatabaseForm, ServerRef } from '../steps/refs.js';
import { planDatabase } from './database-changes.js';
import { listContents } from './database-contents.js';
import { createDatabaseSql, readDatabaseForm } from './database-form.js';
import { planExtensions, readExtensions } from './extension-changes.js';
import type { ExtensionFact } from './extension-changes.js';
import { quoteIdentifier, quoteLiteral } from './identifier.js';
import { planOwnerGrants } from './owner-grants.js';
import type { OwnerGrants } from './owner-grants.js';
import { codeOf } from './postgres-error.js';
import { planRoles } from './role-changes.js';
import type { Change } from './role-changes.js';
import type { Sessions } from './session.js';

export interface TargetState {
  readonly exists: boolean;
  /** Comment on the database: where a run leaves its mark. */
  readonly comment: string | null;
  /** Undefined when it does not exist. */
  readonly form?: DatabaseForm;
  /** Some of the objects that users made in it; empty for an empty database. */
  readonly contents: readonly string[];
}

/** The database that is restored into, and its server. Only `apply`, `create`, `mark`, `drop` and `dropRole` change anything. */
export interface TargetGateway {
  inspect(target: ServerRef): Promise<TargetState>;
  readForm(source: ServerRef): Promise<DatabaseForm>;
  readExtensions(source: ServerRef): Promise<ExtensionFact[]>;
  planRoles: (source: ServerRef, target: ServerRef) => ReturnType<typeof planRoles>;
  planExtensions: (
    wanted: readonly ExtensionFact[],
    target: ServerRef,
    targetExists: boolean,
  ) => ReturnType<typeof planExtensions>;
  planDatabase(source: ServerRef, target: ServerRef): Promise<Change[]>;
  /** Rights that owners need while objects are given to them, and had on the source only once. */
  planOwnerGrants(source: ServerRef, target: ServerRef): Promise<OwnerGrants>;
  /** In the target database. `false` when an optional change was refused. */
  apply(target: ServerRef, change: Change): Promise<boolean>;
  /** A statement for roles: run in a database that is there in any case. */
  applyToServer(target: ServerRef, change: Change): Promise<boolean>;
  create(target: ServerRef, form: DatabaseForm): Promise<void>;
  mark(target: ServerRef, comment: string | null): Promise<void>;
  /** Ends the sessions in it and drops it, but only while it carries `marker`. */
  drop(target: ServerRef, marker: string): Promise<void>;
  /** Drops a role that owns nothing and has no rights left; one in use stays. */
  dropRole(target: ServerRef, role: string): Promise<boolean>;
}

const write = { mode: 'write' } as const;

export function createTargetGateway(sessions: Sessions): TargetGateway {
  return {
    inspect: (target) => inspect(sessions, target),
    readForm: (source) => sessions.use(source, { mode: 'read' }, readDatabaseForm),
    readExtensions: (source) => readExtensions(sessions, source),
    planRoles: (source, target) => planRoles(sessions, source, maintenanceOf(target)),
    planExtensions: (wanted, target, exists) => planExtensions(sessions, wanted, target, exists),
    planDatabase: (source, target) => planDatabase(sessions, source, target),
    planOwnerGrants: (source, target) => planOwnerGrants(sessions, source, target),
    apply: (target, change) => apply(sessions, target, change),
    applyToServer: (target, change) => apply(sessions, maintenanceOf(target), change),
    create: (target, form) =>
      sessions.use(maintenanceOf(target), write, (session) =>
        session.run(createDatabaseSql(target.database, form)),
      ),
    mark: (target, comment) =>
      sessions.use(target, write, (session) =>
        session.run(
          `COMMENT ON DATABASE ${quoteIdentifier(target.database)} IS ${comment === null ? 'NULL' : quoteLiteral(comment)}`,
        ),
      ),
    drop: (target, marker) => drop(sessions, target, marker),
    dropRole: (target, role) => dropRole(sessions, target, role),
  };
}

/** One database of every server that is never the target: statements about others are run from there. */
export function maintenanceOf(target: ServerRef): ServerRef {
  return { ...target, database: target.database === 'postgres' ? 'template1' : 'postgres' };
}

const commentSql = `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`;

async function inspect(sessions: Sessions, target: ServerRef): Promise<TargetState> {
  const rows = await sessions.use(maintenanceOf(target), { mode: 'read' }, (session) =>
    session.rows<{ comment: string | null }>(commentSql, [target.database]),
  );
  const [found] = rows;
  if (found === undefined) return { exists: false, comment: null, contents: [] };
  return sessions.use(target, { mode: 'read' }, async (session) => ({
    exists: true,
    comment: found.comment,
    form: await readDatabaseForm(session),
    contents: await listContents(session),
  }));
}

/**
 * A parameter of an extension is known to a session only once the extension's library is loaded; until then only a
 * superuser may set it (PostgreSQL: "Customized Options"). Validating one function of each library loads it.
 */
const loadExtensionLibraries = `SELECT fmgr_c_validator(min(p.oid::bigint)::oid) FROM pg_proc p
  JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  JOIN pg_language l ON l.oid = p.prolang WHERE l.lanname = 'c' GROUP BY p.probin`;

async function apply(sessions: Sessions, target: ServerRef, change: Change): Promise<boolean> {
  try {
    await sessions.use(target, write, async (session) => {
      if (change.setsExtensionParameter === true) await session.run(loadExtensionLibraries);
      await session.run(change.sql);
    });
    return true;
  } catch (error) {
    if (change.optional === true) return false;
    // Found standing by a run that died before it could write so down.
    if (error instanceof Error && ['42710', '42P06'].includes(codeOf(error.cause))) return true;
    throw error;
  }
}

async function drop(sessions: Sessions, target: ServerRef, marker: string): Promise<void> {
  await sessions.use(maintenanceOf(target), write, async (session) => {
    const [found] = await session.rows<{ comment: string | null }>(commentSql, [target.database]);
    if (found?.comment !== marker) return;
    await session.run(`DROP DATABASE ${quoteIdentifier(target.database)} WITH (FORCE)`);
  });
}

async function dropRole(sessions: Sessions, target: ServerRef, role: string): Promise<boolean> {
  const change = {
    statement: 'DROP ROLE',
    key: role,
    sql: `DROP ROLE IF EXISTS ${quoteIdentifier(role)}`,
    optional: true,
  };
  return apply(sessions, maintenanceOf(target), change);
}
