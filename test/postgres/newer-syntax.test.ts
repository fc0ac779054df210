import { expect, test } from 'vitest';
import { findNewerSyntax } from '../../src/postgres/newer/newer-syntax.js';

const samples: readonly [since: number, what: string, sql: string][] = [
  [15, 'MERGE', 'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE'],
  [16, 'IS JSON', 'SELECT body IS NOT JSON OBJECT FROM t'],
  [16, 'JSON_ARRAY', 'SELECT JSON_ARRAY(1, 2)'],
  [16, 'JSON_ARRAYAGG', 'SELECT json_arrayagg (id) FROM t'],
  [16, 'JSON_OBJECTAGG', 'SELECT JSON_OBJECTAGG(k VALUE v) FROM t'],
  [16, 'JSON_OBJECT with KEY or VALUE', `SELECT JSON_OBJECT('a' : id RETURNING json) FROM t`],
  [16, 'SYSTEM_USER', 'SELECT SYSTEM_USER'],
  [16, 'a number like 0xFF or 1_000', 'SELECT 1_000 + 0xff'],
  [16, 'any_value()', 'SELECT any_value (name) FROM t'],
  [16, 'pg_stat_io', 'SELECT reads FROM pg_catalog.pg_stat_io'],
  [17, 'JSON_TABLE', `SELECT * FROM JSON_TABLE(body, '$[*]' COLUMNS (id int PATH '$')) j`],
  [17, 'JSON_EXISTS', `SELECT JSON_EXISTS(body, '$.a') FROM t`],
  [17, 'JSON_QUERY', `SELECT json_query(body, '$.a') FROM t`],
  [17, 'JSON_VALUE', `SELECT JSON_VALUE(body, '$.a') FROM t`],
  [17, 'JSON_SCALAR', 'SELECT JSON_SCALAR(1)'],
  [17, 'JSON_SERIALIZE', 'SELECT JSON_SERIALIZE(body) FROM t'],
  [
    17,
    'MERGE … RETURNING',
    'MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE RETURNING merge_action(), t.id',
  ],
  [
    17,
    'MERGE … WHEN NOT MATCHED BY SOURCE',
    'MERGE INTO t USING s ON true WHEN NOT MATCHED BY SOURCE THEN DELETE',
  ],
  [17, 'AT LOCAL', 'SELECT at AT LOCAL FROM t'],
  [17, 'random(min, max)', 'SELECT random(1, 6)'],
  [17, 'COPY with ON_ERROR', `COPY t FROM '/f' (ON_ERROR ignore)`],
  [18, 'uuidv7()', 'SELECT uuidv7()'],
];

test.each(samples)('from %i on: %s', (since, what, sql) => {
  expect(findNewerSyntax(sql, since - 1)).toContain(what);
  expect(findNewerSyntax(sql, since)).not.toContain(what);
});

test.each([
  `SELECT json_object('{a,b}'), json_object(ARRAY['a'], ARRAY['b'::text]), json_build_object('a', 1)`,
  `SELECT 'JSON_TABLE(' || "any_value" || $x$ IS JSON $x$ -- any_value()\n FROM t /* uuidv7() */`,
  'SELECT random(), t.merged, x1_000, a.b_1, 1.5, random_number(), json_value_of, u.system_user FROM t',
  'SELECT my_erf(1), "erf"(1)',
])('servers of 14 know all of: %s', (sql) => {
  expect(findNewerSyntax(sql, 14)).toEqual([]);
});

test('a function of the user that has such a name is none of the newer ones', () => {
  expect(findNewerSyntax('SELECT any_value(x)', 15, new Set(['any_value']))).toEqual([]);
});
