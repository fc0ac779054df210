/** Types of pg_catalog whose values name an object by its OID. */
const regTypes = `t.typnamespace = 'pg_catalog'::regnamespace AND t.typname ~ '^reg'`;

/** SQL: whether the hash of a value of that type is made of OIDs, in one of its parts at least. */
const hashesOids = (type: string): string => `EXISTS (WITH RECURSIVE made(oid) AS (
    SELECT ${type} UNION SELECT part.oid FROM made m JOIN pg_type t ON t.oid = m.oid CROSS JOIN LATERAL (
      SELECT t.typelem WHERE t.typcategory = 'A' UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
      UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE t.oid = r.rngtypid OR t.typtype = 'm' AND t.oid::text = to_jsonb(r) ->> 'rngmultitypid'
      UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) part(oid))
  SELECT FROM made m JOIN pg_type t ON t.oid = m.oid WHERE t.typtype = 'e' OR ${regTypes})`;

/** The catalog names no type for an expression; its operator class does, as far as it matters. */
const ofExpression = `k.class_type IN (SELECT t.oid FROM pg_type t WHERE t.typnamespace = 'pg_catalog'::regnamespace
  AND t.typname IN ('anyenum', 'anyarray', 'anyrange', 'anymultirange', 'record', 'oid'))`;

/**
 * SQL: whether rows of the partitioned table `p` lie in other partitions on another server. An enum's value is hashed by its
 * OID, text of a collation that takes different strings for equal by its sort key, which depends on the version of ICU
 * (PostgreSQL: hashenum, hashtext). Both are as they were in a copy of the files, and only there.
 */
const movesRows = `p.partstrat = 'h' AND EXISTS (
  SELECT FROM (SELECT key.attnum, key.coll, o.opcintype AS class_type
    FROM unnest(p.partattrs::int2[], p.partclass::oid[], p.partcollation::oid[]) key(attnum, class, coll)
    JOIN pg_opclass o ON o.oid = key.class) k
  LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum AND k.attnum <> 0
  WHERE CASE WHEN k.attnum = 0 THEN ${ofExpression} ELSE ${hashesOids('a.atttypid')} END
    OR EXISTS (SELECT FROM pg_collation c WHERE c.oid = k.coll AND NOT c.collisdeterministic))`;

/**
 * SQL: OID of the table of whose rows nobody can say beforehand in which partition they will be on another server, where
 * the table `oid` is one of its partitions, at whatever level; the topmost such table, else null.
 */
export function unsteadyRoot(oid: string): string {
  return `(SELECT u.relid FROM pg_partition_ancestors(${oid}) WITH ORDINALITY u(relid, depth)
    JOIN pg_partitioned_table p ON p.partrelid = u.relid WHERE ${movesRows} ORDER BY u.depth DESC LIMIT 1)`;
}

/** Whether there is any such table. */
export const hasUnsteadyPartitionsSql = `SELECT EXISTS (SELECT FROM pg_partitioned_table p WHERE ${movesRows}) AS found`;
