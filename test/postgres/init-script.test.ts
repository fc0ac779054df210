import { expect, test } from 'vitest';
import { examineScript } from '../../src/postgres/init-script.js';
import { scanSql } from '../../src/postgres/scan-sql.js';

const heads = (sql: string) => scanSql(sql).map(({ head, line }) => `${String(line)} ${head}`);

test('statements end at semicolons, and nowhere inside of strings, names, comments and bodies', () => {
  const sql = `-- COMMIT; in a comment
/* BEGIN; /* nested; */ COMMIT; */
CREATE TABLE "a;b" (c text DEFAULT 'it''s; fine');
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$ BEGIN PERFORM 1; END $body$;
CREATE FUNCTION g() RETURNS int BEGIN ATOMIC
  SELECT CASE WHEN true THEN 1 END; SELECT 2;
END;
CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);
SELECT E'a\\';b', $1$2$1$;
INSERT INTO t VALUES (1)`;
  expect(heads(sql)).toEqual([
    '3 CREATE TABLE C TEXT',
    '4 CREATE FUNCTION F RETURNS',
    '5 CREATE FUNCTION G RETURNS',
    '8 CREATE RULE R AS',
    '9 SELECT',
    '10 INSERT INTO T VALUES',
  ]);
});

test.each([
  ['BEGIN; SELECT 1; COMMIT;', 2],
  ['START TRANSACTION; ROLLBACK', 2],
  ['\\i other.sql\n', 1],
  ['VACUUM ANALYZE t;', 1],
  ['CREATE INDEX CONCURRENTLY ON t (a);', 1],
  ['COPY t FROM STDIN;\n1\n\\.\n', 2],
  ['-- nothing\n', 1],
  ['SAVEPOINT a; SELECT 1; ROLLBACK TO a; CREATE INDEX i ON t (a);', 0],
])('what cannot be run in one transaction is found beforehand: %j', (sql, count) => {
  const { problems } = examineScript('init.sql', sql);
  expect(problems.length).toBe(count);
});
