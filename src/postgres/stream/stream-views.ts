import { notOfExtension, userSchema } from '../inventory/section.js';
import type { Session } from '../session.js';

/** A materialized view whose rows follow from nothing but the rows of tables and of other such views. */
export interface StreamView {
  readonly oid: number;
  readonly label: string;
  readonly entry: string;
  /** Tables, their partitions, and views that it reads, however far down. */
  readonly reads: readonly number[];
}

/**
 * Those that may be filled as soon as what they read is there. Not those that lean on anything else of post-data or on what
 * nobody can look into: a policy, which hides rows; a primary key, without which a view cannot be defined (PostgreSQL: SELECT,
 * GROUP BY); a function of the user, which reads what it likes.
 */
export function listStreamViews(session: Session): Promise<StreamView[]> {
  return session.rows<StreamView>(`WITH RECURSIVE edges(reader, catalog, read) AS (
      SELECT r.ev_class, d.refclassid, d.refobjid FROM pg_rewrite r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refobjid <> r.ev_class
      UNION SELECT inhparent, 'pg_class'::regclass, inhrelid FROM pg_inherits),
    wanted AS (SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS label FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'm' AND c.relispopulated AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}),
    closure(view, catalog, read) AS (
      SELECT w.oid, e.catalog, e.read FROM wanted w JOIN edges e ON e.reader = w.oid
      UNION SELECT c.view, e.catalog, e.read FROM closure c JOIN edges e ON c.catalog = 'pg_class'::regclass AND e.reader = c.read)
    SELECT w.oid::int8::float8 AS oid, w.label, '0 ' || w.oid AS entry,
      ARRAY(SELECT DISTINCT c.read::int8::float8 FROM closure c WHERE c.view = w.oid AND c.catalog = 'pg_class'::regclass) AS reads
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM closure c JOIN pg_class r ON r.oid = c.read
        WHERE c.view = w.oid AND c.catalog = 'pg_class'::regclass AND r.relrowsecurity)
      AND NOT EXISTS (SELECT FROM closure c WHERE c.view = w.oid AND c.read >= 16384
        AND c.catalog IN ('pg_constraint'::regclass, 'pg_proc'::regclass, 'pg_operator'::regclass)
        AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = c.catalog AND x.objid = c.read AND x.deptype = 'e'))
    ORDER BY w.oid`);
}
