import { quoteIdentifier } from './identifier.js';

/** How a column goes into the hash of its row. */
export interface HashedColumn {
  readonly name: string;
  /**
   * `binary`: as it is sent in binary form. `float`: the same, all NaN being one. `sent`: by the function `send`, since its
   * type has another OID on each server. `text`: as its output function prints it.
   */
  readonly form: 'binary' | 'float' | 'sent' | 'text';
  readonly send: string | null;
}

/**
 * Their binary form is that of each version from 12 to 18, and two values have one form only if they are printed alike.
 * It takes a fraction of the time of printing them.
 */
const binary =
  'bool int2 int4 int8 numeric text varchar bpchar bytea name uuid date time timetz timestamp timestamptz interval json jsonb inet cidr macaddr oid bit varbit tsvector';
/** A NaN may have any sign and payload, which its text does not show and a restore does not keep. */
const floats = 'float4 float8';

const listed = (names: string): string => `(${names.replace(/\w+/g, "'$&'").replaceAll(' ', ', ')})`;

/** SQL: the columns of a relation, in order, as JSON. */
export function hashedColumns(relation: string): string {
  const isBuiltIn = (alias: string): string => `${alias}.typnamespace = 'pg_catalog'::regnamespace`;
  const isOfPgvector = `EXISTS (SELECT FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid AND x.extname = 'vector'
    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')`;
  return `(SELECT coalesce(json_agg(json_build_object('name', a.attname, 'send', t.typsend::regproc::text, 'form',
      CASE WHEN ${isBuiltIn('t')} AND t.typname IN ${listed(floats)} THEN 'float'
        WHEN ${isBuiltIn('t')} AND coalesce(e.typname, t.typname) IN ${listed(binary)} THEN 'binary'
        WHEN t.typtype = 'b' AND e.oid IS NULL AND t.typsend <> 0 AND ${isOfPgvector} THEN 'sent' ELSE 'text' END) ORDER BY a.attnum), '[]')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
    WHERE a.attrelid = ${relation} AND a.attnum > 0 AND NOT a.attisdropped)`;
}

/**
 * SQL: bytes that depend on every column of a row, and on nothing else: neither on the server's version or encoding nor
 * on OIDs. Without a known encoding all is text, since the server will not send what is not valid in the client's.
 */
export function hashedRow(columns: readonly HashedColumn[], encoding: 'SQL_ASCII' | 'UTF8'): string {
  const names = (some: readonly HashedColumn[]): string =>
    some.map(({ name }) => quoteIdentifier(name)).join(', ');
  if (encoding === 'SQL_ASCII') return `convert_to(ROW(${names(columns)})::text, 'SQL_ASCII')`;
  const sent = columns.filter(({ form }) => form !== 'text').map(sentColumn);
  const printed = columns.filter(({ form }) => form === 'text');
  const rest = printed.length === 0 ? [] : [`ROW(${names(printed)})::text`];
  return `record_send(ROW(${[...sent, ...rest].join(', ')}))`;
}

function sentColumn({ name, form, send }: HashedColumn): string {
  const column = quoteIdentifier(name);
  if (form === 'float') return `CASE ${column} WHEN 'NaN' THEN 'NaN' ELSE ${column} END`;
  return form === 'sent' && send !== null ? `${send}(${column})` : column;
}
