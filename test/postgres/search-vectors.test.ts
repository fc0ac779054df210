import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintSchema } from '../../src/postgres/fingerprint.js';
import type { Fingerprint, VectorSearch } from '../../src/postgres/fingerprint.js';
import { takeFingerprint } from '../../src/postgres/take-fingerprint.js';
import { startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

const signal = new AbortController().signal;

/** Wide enough that a range of blocks holds few of them. */
const dimensions = 200;
/** A graph so dense that nothing is missed, whatever levels pgvector's dice give its rows. */
const dense = 'WITH (m = 32, ef_construction = 400)';
/** Row 7 twice, so that two rows are equally far; row 9 has no direction; in row 11 there is no vector. */
const schema = `
  CREATE EXTENSION vector;
  CREATE TABLE chunks (id int PRIMARY KEY, embedding vector(${dimensions}));
  INSERT INTO chunks SELECT id, CASE id WHEN 9 THEN array_fill(0, ARRAY[${dimensions}])::vector WHEN 11 THEN NULL
      ELSE (SELECT array_agg(sin(CASE id WHEN 8 THEN 7 ELSE id END * d)::real ORDER BY d) FROM generate_series(1, ${dimensions}) d)::vector END
    FROM generate_series(1, 400) id;
  CREATE INDEX by_direction ON chunks USING hnsw (embedding vector_cosine_ops) ${dense};
  CREATE INDEX even_ones ON chunks USING hnsw ((embedding::halfvec(${dimensions})) halfvec_l2_ops) ${dense} WHERE id % 2 = 0;
  CREATE TABLE unkeyed (v vector(3));
  INSERT INTO unkeyed SELECT ARRAY[i, i % 7, 1]::vector FROM generate_series(1, 50) i;
  CREATE TABLE heirs () INHERITS (unkeyed);
  INSERT INTO heirs VALUES ('[0, 0, 0]');
  CREATE TABLE nothing_known (v vector(3));
  INSERT INTO nothing_known VALUES ('[0, 0, 0]');
  CREATE INDEX ON nothing_known USING hnsw (v vector_cosine_ops);
  CREATE TABLE bits (id int PRIMARY KEY, b bit(8));
  INSERT INTO bits SELECT i, i::bit(8) FROM generate_series(1, 40) i;
  CREATE INDEX ON bits USING hnsw (b bit_hamming_ops);`;
const schemaOf13 = `
  CREATE EXTENSION vector;
  CREATE TABLE chunks (id int PRIMARY KEY, embedding vector(${dimensions}));
  INSERT INTO chunks SELECT id, (SELECT array_agg(sin(id * d)::real ORDER BY d) FROM generate_series(1, ${dimensions}) d)::vector
    FROM generate_series(1, 400) id;`;

const recalls = [
  ['bits_b_idx', true, 1],
  ['even_ones', true, 1],
  ['by_direction', true, 1],
  ['nothing_known_v_idx', true, 1],
];

describe.each([
  { major: 17, sql: schema, recalls, withoutDirection: [[[]]] },
  { major: 13, sql: schemaOf13, recalls: [], withoutDirection: [] },
])('the nearest rows of PostgreSQL $major', ({ major, sql, recalls, withoutDirection }) => {
  let server: PostgresServer;
  let taken: Fingerprint;

  beforeAll(async () => {
    server = await startPostgresServer({ major });
    await server.createDatabase('rag');
    await server.asMaster('rag', sql);
    taken = await take({ jobs: 2 });
  }, 60_000);
  afterAll(() => server.stop());

  const take = (options: { jobs: number; chunkBytes?: number }): Promise<Fingerprint> =>
    takeFingerprint(server.sessions, server.database('rag'), { mode: 'checksum', signal, ...options });
  const neighboursOf = (table: string): VectorSearch['queries'][number]['nearest'][][] =>
    taken.vectors
      .filter((one) => one.table === table)
      .map((one) => one.queries.map(({ nearest }) => nearest));

  test('are those that one query finds, whatever ranges of blocks were read by whom', async () => {
    for (const { table, expression, operator, queries, type } of taken.vectors) {
      expect(queries.length).toBeGreaterThan(0);
      const where = expression.includes('halfvec') ? 'AND id % 2 = 0' : '';
      for (const { vector, nearest } of queries) {
        const rows = await server.asMaster(
          'rag',
          // OFFSET 0 keeps the index, which finds most of them, out of it.
          `SELECT * FROM (SELECT ((${expression}) OPERATOR(${operator}) '${vector}'::${type})::float8 AS distance FROM ONLY ${table}
           WHERE (${expression}) IS NOT NULL ${where} OFFSET 0) measured ORDER BY 1 LIMIT 10`,
        );
        const distances = rows.map((row) => Number(row['distance']));
        expect(nearest.map((one) => one.distance)).toEqual(distances.filter((one) => Number.isFinite(one)));
      }
    }
    expect(await take({ jobs: 1, chunkBytes: 8192 })).toEqual(taken);
    expect(await take({ jobs: 3, chunkBytes: 30_000 })).toEqual(taken);
  });

  test('survive being written down', () => {
    expect(fingerprintSchema.parse(JSON.parse(JSON.stringify(taken)))).toEqual(taken);
  });

  test('go by their keys', () => {
    const [[first = []] = []] = neighboursOf('public.chunks');
    expect(first.map((one) => one.key)).toContainEqual(expect.stringMatching(/^\(\d+\)$/));
    expect(new Set(first.map((one) => one.key)).size).toBe(10);
  });

  test('of a vector without a direction are none where only directions count', () => {
    expect(neighboursOf('public.nothing_known')).toEqual(withoutDirection);
  });

  test('are found by each index', () => {
    const indexed = taken.vectors.filter((one) => one.index !== undefined);
    expect(indexed.map((one) => [one.index, one.indexUsed, one.recall])).toEqual(recalls);
  });
});
