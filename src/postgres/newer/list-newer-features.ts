import type { ServerRef } from '../../steps/refs.js';
import { identity, notOfExtension, userSchema } from '../inventory/section.js';
import type { Session, Sessions } from '../session.js';
import { memberships, newerKinds, settings } from './newer-objects.js';
import { findNewerSyntax } from './newer-syntax.js';

/** Something that the source has and a server of an older major version cannot have. */
export interface NewerFeature {
  /** Of several objects: 'identity columns of partitioned tables'. */
  readonly what: string;
  readonly objects: readonly string[];
  readonly fix: string;
}

const ofUsers = `${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}`;
const relation = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`;
const named = `format('%I.%I', n.nspname, c.relname)`;

/**
 * Every text in which a user may have written SQL. A function whose body is a string is there as it was written, all else as
 * the server prints it.
 */
const textsSql = (
  number: number,
): string => `SELECT 'view ' || ${named} AS name, pg_get_viewdef(c.oid) AS text FROM ${relation}
    WHERE c.relkind IN ('v', 'm') AND ${ofUsers}
  UNION ALL SELECT 'rule ' || quote_ident(r.rulename) || ' on ' || ${named}, pg_get_ruledef(r.oid) FROM ${relation}
    JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN' AND ${ofUsers}
  UNION ALL SELECT 'default of ' || ${named} || '.' || quote_ident(a.attname), pg_get_expr(d.adbin, d.adrelid) FROM ${relation}
    JOIN pg_attrdef d ON d.adrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum WHERE ${ofUsers}
  UNION ALL SELECT ${identity('pg_constraint', 'k.oid')}, pg_get_constraintdef(k.oid) FROM pg_constraint k
    JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype IN ('c', 'x') AND ${userSchema}
  UNION ALL SELECT 'index ' || format('%I.%I', n.nspname, x.relname), pg_get_indexdef(i.indexrelid) FROM ${relation}
    JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
    WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND ${ofUsers}
  UNION ALL SELECT 'policy ' || quote_ident(p.polname) || ' on ' || ${named},
    concat_ws(' ; ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) FROM ${relation}
    JOIN pg_policy p ON p.polrelid = c.oid WHERE ${ofUsers}
  UNION ALL SELECT 'trigger ' || quote_ident(g.tgname) || ' on ' || ${named}, pg_get_triggerdef(g.oid) FROM ${relation}
    JOIN pg_trigger g ON g.tgrelid = c.oid WHERE NOT g.tgisinternal AND g.tgqual IS NOT NULL AND ${ofUsers}
  UNION ALL SELECT ${identity('pg_proc', 'p.oid')}, ${number < 140_000 ? 'p.prosrc' : 'CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_functiondef(p.oid) END'}
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE l.lanname IN ('sql', 'plpgsql') AND ${userSchema} AND ${notOfExtension('pg_proc', 'p.oid')}`;

const ownFunctionsSql = `SELECT DISTINCT p.proname::text AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname <> 'pg_catalog'`;

/**
 * What a database of a server of a newer major version holds that a server of `major` has no place for. Empty when the
 * source is no newer. Reads catalogs only, and says nothing of values: an infinite interval is refused by servers before 17.
 */
export function listNewerFeatures(
  sessions: Sessions,
  server: ServerRef,
  major: number,
): Promise<NewerFeature[]> {
  return sessions.use(server, { mode: 'read' }, async (session) => {
    const { number } = await session.row<{ number: number }>(
      `SELECT current_setting('server_version_num')::int AS number`,
    );
    const own = Math.floor(number / 10_000);
    if (own <= major) return [];
    const found: NewerFeature[] = [];
    const kinds = [...newerKinds, memberships(major), settings(major)];
    for (const { what, fix, sql } of kinds.filter((kind) => kind.since > major && kind.since <= own)) {
      const rows = await session.rows<{ name: string }>(`${sql} ORDER BY 1`);
      if (rows.length > 0) found.push({ what, fix, objects: rows.map(({ name }) => name) });
    }
    return [...found, ...(await listNewerSyntax(session, number, major))];
  });
}

async function listNewerSyntax(session: Session, number: number, major: number): Promise<NewerFeature[]> {
  const functions = await session.rows<{ name: string }>(ownFunctionsSql);
  const ownFunctions = new Set(functions.map(({ name }) => name));
  const objects = new Map<string, string[]>();
  for (const { name, text } of await session.rows<{ name: string; text: string | null }>(textsSql(number)))
    for (const what of findNewerSyntax(text ?? '', major, ownFunctions))
      objects.set(what, [...(objects.get(what) ?? []), name]);
  return [...objects].map(([what, list]) => ({
    what: `uses of ${what}`,
    objects: list.sort(),
    fix: 'write them in another way, or drop what uses them',
  }));
}
