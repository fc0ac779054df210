import type { Session } from '../../../src/postgres/session.js';

/** Statements after which every reader finds the same rows and definitions: order on disk, statistics, spare space. */
export async function findHarmlessChanges(session: Session): Promise<string[]> {
  const tables = await session.rows<{ name: string; column: string | null; key: string | null }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name,
      (SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' AND a.attidentity = '' ORDER BY a.attnum DESC LIMIT 1) AS column,
      (SELECT format('%I', x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisprimary) AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND NOT c.relispartition AND n.nspname !~ '^pg_|^information_schema$' ORDER BY 1`,
  );
  // One row is there that its NOT VALID constraint would not let in again.
  const violating = new Set(['app.left_side']);
  return [
    ...tables.flatMap(({ name, column, key }) => [
      `ANALYZE ${name}`,
      ...(column === null || violating.has(name) ? [] : [`UPDATE ONLY ${name} SET ${column} = ${column}`]),
      ...(key === null ? [] : [`REINDEX TABLE ${name}`]),
    ]),
    'REFRESH MATERIALIZED VIEW app.per_document',
    'REFRESH MATERIALIZED VIEW app.on_matview',
    `SELECT nextval('app.values_id_seq')`,
    `SELECT nextval('app.alone')`,
    `GRANT SELECT ON app.empty TO zoo_app; REVOKE SELECT ON app.empty FROM zoo_app`,
    `ALTER TABLE app.no_key ADD later int; ALTER TABLE app.no_key DROP later`,
  ];
}
