import { quoteIdentifier } from '../../../src/postgres/identifier.js';
import type { Session } from '../../../src/postgres/session.js';
import { pick, shuffle, type Mutation, type MutationFinder, type Random } from './mutation.js';

interface Cell {
  readonly table: string;
  readonly place: string;
  readonly row: string;
  readonly column: string;
  readonly type: string;
  readonly value: string | null;
  readonly nullable: boolean;
}

interface Column {
  readonly table: string;
  readonly place: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** Gives the new value of column `c`, SQL; undefined where this would leave the value as it is. */
type Change = (c: string, value: string | null, random: Random) => string | undefined;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const unlessNull =
  (make: (c: string, value: string) => string | undefined, instead?: string): Change =>
  (c, value) =>
    value === null ? instead : make(c, value);
const finite = (make: (c: string) => string): Change =>
  unlessNull((c, value) => (value.includes('infinity') ? undefined : make(c)));
const unlessAlready =
  (already: string, expression: string, instead?: string): Change =>
  (_c, value) =>
    value === already ? instead : expression;

/** By type: what may happen to one value. */
const changes: Readonly<Record<string, Readonly<Record<string, Change>>>> = {
  text: {
    'one character of a text': (_c, value, random) => changedText(value, random),
    'a blank at the end of a text': unlessNull((c) => `${c} || ' '`),
    'an empty text for NULL': (_c, value) => (value === null ? `''` : undefined),
  },
  integer: {
    'a number by some': unlessNull((c) => `${c} + 1000003`, '7'),
    'one bit of a number': unlessNull((c) => `${c} # 16777216`),
  },
  real: { NaN: unlessAlready('NaN', `'NaN'`), '-0': unlessAlready('-0', `'-0'`, `'0'`) },
  numeric: { 'a trailing zero': unlessAlready('1.500', `'1e-30'`, '1.50') },
  'timestamp with time zone': {
    'a microsecond': finite((c) => `${c} + interval '1 microsecond'`),
    'a time zone': finite((c) => `${c} + interval '1 hour'`),
  },
  'time with time zone': { 'the zone of a time': unlessNull((c) => `${c} AT TIME ZONE interval '01:00'`) },
  interval: { 'an interval of the same length': unlessNull((c) => `${c} + '1 day' - interval '24 hours'`) },
  'bit varying': { 'one bit of a bit string': unlessNull((c) => `${c} || B'0'`, `B'1'`) },
  bytea: {
    'one bit of bytes': unlessNull((c, value) =>
      value === '\\x' ? `'\\x00'` : `set_bit(${c}, 1, 1 - get_bit(${c}, 1))`,
    ),
  },
  uuid: { 'a UUID': () => `'ffffffff-0000-4000-8000-000000000001'` },
  money: { money: unlessNull((c) => `${c} + '0.01'::money`, `'0'`) },
  jsonb: {
    'a null in jsonb': unlessNull(
      (c, value) =>
        value.includes('"deep"') ? `jsonb_set(${c}, '{deep,1}', '0')` : `jsonb_build_array(${c}, NULL)`,
      `'null'`,
    ),
    'a key of jsonb': unlessNull((c, value) =>
      value.includes('"n"') ? `${c} - 'n'` : `jsonb_build_object('n', ${c})`,
    ),
  },
  'text[]': {
    'an element of an array': unlessNull((c) => `array_append(${c}, NULL)`),
    'the bounds of an array': unlessNull((c) => `('[0:2]=' || ${c}::text)::text[]`),
  },
  inet: { 'the mask of an address': unlessNull((c) => `set_masklen(${c}, 7)`, `'::'`) },
  xml: { XML: () => `'<a></a>'` },
  tsvector: { 'a text search vector': unlessNull((c) => `${c} || 'z:9'::tsvector`, `''`) },
  point: { 'a point': unlessNull((c) => `${c} + '(0.0000001,0)'::point`, `'(0,0)'`) },
  oid: { 'an OID': unlessAlready('1', '1', '2') },
  vector: { 'one bit of a vector': (_c, value, random) => changedVector(value, random, nextFloat) },
  halfvec: {
    'one component of a halfvec': (_c, value, random) => changedVector(value, random, (x) => x + 2 ** -8),
  },
  sparsevec: {
    'the place of a component of a sparsevec': unlessNull((_c, value) =>
      literal(value.replace('{1:', '{2:')),
    ),
  },
  'app.mood': { 'a value of an enum': unlessAlready('sad', `'sad'`, `'ok'`) },
  'app.pair': { 'a part of a composite': unlessNull(() => `'(99,zz)'`, `'(,)'`) },
  'app.span': { 'the bound of a range': unlessAlready('[1,2]', `'[1,2]'`) },
  int4multirange: { 'a multirange': unlessAlready('{[77,78)}', `'{[77,78)}'`) },
  tsrange: { 'the bound of a time range': () => `'(2031-01-01,2031-01-02]'` },
};

const aliases: Readonly<Record<string, string>> = {
  bigint: 'integer',
  'double precision': 'real',
  'app.email': 'text',
};

/** Changes of single values, of whole rows, and of rows between tables. */
export const findRowMutations: MutationFinder = async (session, random) => {
  const found: Mutation[] = [];
  for (const column of await listColumns(session)) {
    const cells = await readCells(session, column);
    for (const cell of shuffle(cells, random).slice(0, 40)) found.push(...changesOf(cell, random));
  }
  const places = new Map((await listColumns(session)).map(({ table, place }) => [table, place]));
  for (const [table, place] of places) found.push(...(await wholeRows(session, table, place, random)));
  return [...found, ...(await swapped(session))];
};

/** Partitions by a hash that is another one on another server are compared at their root: there a row may lie in another partition. */
const comparedAs = `(SELECT format('%I.%I', m.nspname, r.relname) FROM pg_class r JOIN pg_namespace m ON m.oid = r.relnamespace
  WHERE r.oid = CASE WHEN c.relname ~ '^by_(mood|moods|domain|pair|class)_' THEN pg_partition_root(c.oid) ELSE c.oid END)`;

function listColumns(session: Session): Promise<Column[]> {
  return session.rows<Column>(`SELECT format('%I.%I', n.nspname, c.relname) AS table, 'rows of ' || ${comparedAs} AS place, a.attname::text AS column,
      regexp_replace(format_type(a.atttypid, NULL), '^public\\.', '') AS type, NOT a.attnotnull AND t.typname <> 'email' AS nullable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = '' JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_|^information_schema$' ORDER BY 1, 2`);
}

function readCells(session: Session, { table, place, column, type, nullable }: Column): Promise<Cell[]> {
  return session.rows<Cell>(
    `SELECT $1 AS table, ctid::text AS row, $2 AS column, $3 AS type, ${quoteIdentifier(column)}::text AS value,
      $4::bool AS nullable, $5 AS place FROM ONLY ${table} ORDER BY ctid`,
    [table, column, type, nullable, place],
  );
}

function changesOf({ table, place, row, column, type, value, nullable }: Cell, random: Random): Mutation[] {
  const name = quoteIdentifier(column);
  const set = (kind: string, expression: string): Mutation => ({
    kind,
    sql: `UPDATE ONLY ${table} SET ${name} = ${expression} WHERE ctid = '${row}'`,
    place,
  });
  const known = Object.entries(changes[aliases[type] ?? type] ?? {});
  const made = known.flatMap(([kind, change]) => {
    const expression = change(name, value, random);
    return expression === undefined ? [] : [set(kind, expression)];
  });
  return value !== null && nullable ? [...made, set('NULL for a value', 'NULL')] : made;
}

async function wholeRows(
  session: Session,
  table: string,
  place: string,
  random: Random,
): Promise<Mutation[]> {
  const rows = await session.rows<{ row: string }>(`SELECT ctid::text AS row FROM ONLY ${table}`);
  const chosen = shuffle(rows, random).slice(0, 10);
  return chosen.map(({ row }) => ({
    kind: 'a row lost',
    sql: `DELETE FROM ONLY ${table} WHERE ctid = '${row}'`,
    place,
  }));
}

/** Rows that change places: no table has more or fewer of them, and no column other values. */
async function swapped(session: Session): Promise<Mutation[]> {
  const rows = await session.rows<{ id: string; other: string }>(
    `SELECT id, id + 1 AS other FROM app.chunks WHERE id < 200 ORDER BY id`,
  );
  return rows.map(({ id, other }) => ({
    kind: 'values of two rows swapped',
    sql: `UPDATE app.chunks one SET body = two.body FROM app.chunks two WHERE (one.id, two.id) IN ((${id}, ${other}), (${other}, ${id}))`,
    place: 'rows of app.chunks',
  }));
}

function changedText(value: string | null, random: Random): string | undefined {
  if (value === null || value === '') return `'x'`;
  const characters = Array.from(value);
  const at = Math.floor(random() * characters.length);
  const old = characters[at];
  if (old === '@') return undefined;
  characters[at] = pick(
    ['q', 'Q', 'é', '~'].filter((one) => one !== old),
    random,
  );
  return literal(characters.join(''));
}

function changedVector(
  value: string | null,
  random: Random,
  change: (x: number) => number,
): string | undefined {
  if (value === null) return undefined;
  const parts = value.slice(1, -1).split(',').map(Number);
  const at = Math.floor(random() * parts.length);
  parts[at] = change(parts[at] ?? 0);
  return literal(`[${parts.join(',')}]`);
}

/** The lowest bit of a single precision number turned over. */
function nextFloat(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  bits.setUint32(0, bits.getUint32(0) ^ 1);
  return bits.getFloat32(0);
}
