import { MigrationError } from '../errors.js';
import type { DatabaseForm, ServerRef } from '../steps/refs.js';
import { createDatabaseSql } from './database-form.js';
import { quoteIdentifier, quoteLiteral } from './identifier.js';
import { codeOf } from './postgres-error.js';
import type { Session, Sessions } from './session.js';
import { maintenanceOf } from './target-gateway.js';

export interface WantedExtension {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
}

/** A script to be run once, and the schema whose presence says that it was. */
export interface InitScript {
  readonly text: string;
  readonly mark: string;
  readonly comment: string;
}

/** An empty database that is furnished before the application sees it. */
export interface FreshDatabaseGateway {
  exists(server: ServerRef): Promise<boolean>;
  create(server: ServerRef, form: DatabaseForm): Promise<void>;
  /** Installed ones, with their versions. */
  listExtensions(server: ServerRef): Promise<readonly { readonly name: string; readonly version: string }[]>;
  /** Names that this server can install. */
  listShipped(server: ServerRef): Promise<ReadonlySet<string>>;
  createExtension(server: ServerRef, extension: WantedExtension): Promise<void>;
  /** Comment of the schema that a script left as its mark. */
  findMark(server: ServerRef, mark: string): Promise<string | undefined>;
  /**
   * Runs the script and leaves the mark, both in one transaction, or neither.
   * @returns false when the mark is there already: another attempt has run it, perhaps while this one waited for it
   */
  runScript(server: ServerRef, script: InitScript): Promise<boolean>;
  dropMark(server: ServerRef, mark: string): Promise<void>;
}

const extensionsSql = `SELECT extname::text AS name, extversion AS version FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1`;
const write = { mode: 'write' } as const;
/**
 * A script is written for a session as psql opens it, so names are looked up as there. An earlier attempt may still be at
 * work after its client has died: its end is waited for.
 */
const scriptSettings = { search_path: '"$user",public', row_security: 'on', lock_timeout: '10min' };

export function createFreshDatabaseGateway(sessions: Sessions): FreshDatabaseGateway {
  return {
    exists: (server) =>
      sessions.use(maintenanceOf(server), { mode: 'read' }, async (session) => {
        const rows = await session.rows('SELECT 1 FROM pg_database WHERE datname = $1', [server.database]);
        return rows.length > 0;
      }),
    create: (server, form) =>
      sessions.use(maintenanceOf(server), write, (session) =>
        session.run(createDatabaseSql(server.database, form)),
      ),
    listExtensions: (server) =>
      sessions.use(server, { mode: 'read' }, (session) => session.rows(extensionsSql)),
    listShipped: (server) =>
      sessions.use(server, { mode: 'read' }, async (session) => {
        const rows = await session.rows<{ name: string }>('SELECT name::text FROM pg_available_extensions');
        return new Set(rows.map(({ name }) => name));
      }),
    createExtension: (server, { name, schema }) =>
      sessions.use(server, write, async (session) => {
        const isSystem = ['public', 'pg_catalog'].includes(schema);
        if (!isSystem) await session.run(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
        const place = schema === 'pg_catalog' ? '' : ` SCHEMA ${quoteIdentifier(schema)}`;
        await session.run(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}${place} CASCADE`);
      }),
    findMark: (server, mark) =>
      sessions.use(server, { mode: 'read' }, async (session) => {
        const [found] = await session.rows<{ comment: string | null }>(
          `SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1`,
          [mark],
        );
        return found === undefined ? undefined : (found.comment ?? '');
      }),
    runScript: (server, script) =>
      sessions.use(server, { ...write, settings: scriptSettings }, (session) => runMarked(session, script)),
    dropMark: (server, mark) =>
      sessions.use(server, write, (session) => session.run(`DROP SCHEMA IF EXISTS ${quoteIdentifier(mark)}`)),
  };
}

/** The mark comes first: a second attempt waits at it until the first has ended, one way or the other. */
async function runMarked(session: Session, { text, mark, comment }: InitScript): Promise<boolean> {
  await session.run('BEGIN');
  try {
    await session.run(`CREATE SCHEMA ${quoteIdentifier(mark)}`);
  } catch (error) {
    // 42P06: the schema exists; 23505: it came to be while this attempt waited for the other one.
    if (error instanceof Error && ['42P06', '23505'].includes(codeOf(error.cause))) return false;
    throw error;
  }
  await session.run(`COMMENT ON SCHEMA ${quoteIdentifier(mark)} IS ${quoteLiteral(comment)}`);
  const before = await transactionOf(session);
  try {
    await session.run(text);
  } catch (error) {
    throw scriptFailed(error, text);
  }
  if ((await transactionOf(session)) !== before)
    throw new MigrationError('InitSqlCommitted', 'the init SQL has ended the transaction it was run in', {
      why: 'Part of it is committed, and whether all of it was run cannot be told any more',
      next: ['take COMMIT and its like out of the file, roll this run back and begin a new one'],
      resource: session.server.host,
    });
  await session.run('COMMIT');
  return true;
}

async function transactionOf(session: Session): Promise<string> {
  const { id } = await session.row<{ id: string }>('SELECT pg_catalog.txid_current()::text AS id');
  return id;
}

function scriptFailed(error: unknown, text: string): unknown {
  if (!(error instanceof MigrationError) || error.code !== 'DatabaseError') return error;
  const { cause } = error;
  const position =
    typeof cause === 'object' && cause !== null && 'position' in cause ? Number(cause.position) : 0;
  const line = position > 0 ? text.slice(0, position).split('\n').length : undefined;
  return new MigrationError(
    'InitSqlFailed',
    `the init SQL failed${line === undefined ? '' : ` at line ${String(line)}`}: ${error.message}`,
    {
      why: 'It was run in one transaction, which was rolled back: nothing of it is left',
      next: [
        'mend what it stumbled over in the database, then resume; or roll back, correct the file and begin a new run',
      ],
      ...(error.resource === undefined ? {} : { resource: error.resource }),
      resumable: true,
      cause,
    },
  );
}
