import { describe, expect, test } from 'vitest';
import { planParts, type StreamContents } from '../../../src/postgres/stream/plan-parts.js';
import type { StreamTable } from '../../../src/postgres/stream/stream-tables.js';

const table = (oid: number, name: string, bytes: number, more: Partial<StreamTable> = {}): StreamTable => ({
  ...{
    oid,
    schema: 'app',
    name,
    label: `app.${name}`,
    columns: [{ name: 'id', type: 23 }],
    generated: false,
  },
  ...{ pages: Math.ceil(bytes / 10), bytes, condition: null, root: null, ...more },
});
const rules = {
  ...{ partBytes: 100, leastPartBytes: 100, jobs: 1 },
  smallBytes: 10,
  batchBytes: 160,
  serverVersion: 170_000,
  encoding: 'LATIN1',
  isBinary: () => true,
  largeObjectBytes: 0,
};

const planOf = (
  tables: StreamContents['tables'],
  indexes: StreamContents['indexes'],
  by: Parameters<typeof planParts>[1],
  foreignKeys: StreamContents['foreignKeys'] = [],
) => planParts({ tables, indexes, foreignKeys, views: [] }, by);

describe('the plan of a stream', () => {
  test('a large table goes in ranges that hold every block once, TOAST counted', () => {
    const { parts } = planOf([table(1, 'large', 350, { pages: 7 })], [], rules);
    expect(parts.map((part) => part.key)).toEqual([
      'app.large blocks 0 to 1',
      'app.large blocks 2 to 3',
      'app.large blocks 4 to 5',
      'app.large blocks 6 to end',
    ]);
    expect(parts[3]?.out).toEqual([
      `COPY (SELECT "id" FROM ONLY "app"."large" WHERE ctid >= '(6,0)'::tid) TO STDOUT (FORMAT binary, ENCODING 'LATIN1')`,
    ]);
    expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(350);
  });

  test.each([
    { bytes: 95, jobs: 1, parts: 4 },
    { bytes: 79, jobs: 4, parts: 3 },
    { bytes: 19, jobs: 4, parts: 1 },
    { bytes: 650, jobs: 1, parts: 7 },
  ])('$bytes bytes for $jobs jobs are $parts parts', ({ bytes, jobs, parts }) => {
    const plan = planOf([table(1, 'shared', bytes, { pages: 50 })], [], {
      ...{ ...rules, jobs, leastPartBytes: 20 },
    });
    expect(plan.parts).toHaveLength(parts);
  });

  test.each([
    { largeObjectBytes: 0, before: ['app.vectors', 'app.large', 'app.small'] },
    { largeObjectBytes: 25, before: ['app.vectors', 'app.large'] },
    { largeObjectBytes: 1000, before: ['app.vectors'] },
  ])('$largeObjectBytes bytes of large objects go after $before', ({ largeObjectBytes, before }) => {
    const index = { ...{ label: 'v', entry: '1259 1' }, vector: true, constraint: false };
    const plan = planOf(
      [table(1, 'small', 60), table(2, 'large', 90), table(3, 'vectors', 30)],
      [{ ...index, table: 3 }],
      { ...rules, largeObjectBytes },
    );
    expect(plan.parts.slice(0, plan.partsBeforeLargeObjects).map((part) => part.key)).toEqual(before);
  });

  test('never in more ranges than it has blocks, and whole where the server reads all for a range', () => {
    const wide = [table(1, 'wide', 5000, { pages: 2 })];
    expect(planOf(wide, [], rules).parts).toHaveLength(2);
    expect(planOf(wide, [], { ...rules, serverVersion: 130_023 }).parts).toHaveLength(1);
  });

  test('a table that goes whole is emptied and frozen, but not where its rows go through the root', () => {
    const root = { schema: 'app', name: 'root' };
    const { parts } = planOf([table(1, 'whole', 90), table(2, 'leaf', 80, { root })], [], rules);
    expect(parts.map((part) => part.into)).toEqual([
      [
        'TRUNCATE ONLY "app"."whole"',
        `COPY "app"."whole" ("id") FROM STDIN (FORMAT binary, ENCODING 'LATIN1', FREEZE)`,
      ],
      [`COPY "app"."root" ("id") FROM STDIN (FORMAT binary, ENCODING 'LATIN1')`],
    ]);
  });

  test('small tables share a transaction in text form, and empty ones need none', () => {
    const small = Array.from({ length: 3 }, (_, index) => table(index, `s${String(index)}`, 8));
    const { parts } = planOf([...small, table(9, 'empty', 0)], [], rules);
    expect(parts).toHaveLength(1);
    expect(parts[0]).toMatchObject({ key: 'small: app.s0 and 2 more', bytes: 24 });
    expect(parts[0]?.into[2]).toBe(`COPY "app"."s2" ("id") FROM STDIN (FORMAT text, ENCODING 'LATIN1')`);
  });

  test('of the own tables of an extension only the rows of the user go', () => {
    const { parts } = planOf([table(1, 'jobs', 50, { condition: 'WHERE id > 9' })], [], rules);
    expect(parts[0]?.out).toEqual([
      `COPY (SELECT "id" FROM ONLY "app"."jobs" WHERE id > 9) TO STDOUT (FORMAT text, ENCODING 'LATIN1')`,
    ]);
  });

  test('what a vector index waits for goes first, and each index waits for all of its table', () => {
    const index = (of: number, label: string, vector: boolean) => ({
      ...{ table: of, label, entry: `1259 ${String(of)}`, vector, constraint: false },
    });
    const { parts, builds } = planOf(
      [table(1, 'larger', 250), table(2, 'vectors', 150)],
      [index(2, 'app.hnsw', true), index(1, 'app.btree', false), index(7, 'app.of_a_small_one', false)],
      rules,
    );
    expect(parts[0]?.label).toBe('app.vectors');
    expect(builds.map(({ label, after }) => [label, after.length])).toEqual([
      ['app.hnsw', 2],
      ['app.btree', 3],
    ]);
  });

  describe('a foreign key', () => {
    const index = (of: number, label: string, entry: string, constraint: boolean) => ({
      ...{ table: of, label, entry, vector: false, constraint },
    });
    const tables = [table(1, 'chunks', 150), table(2, 'documents', 90), table(3, 'small', 5)];
    const indexes = [index(1, 'app.by_text', '1259 1', false), index(2, 'app.documents_key', '2606 2', true)];
    const key = { table: 1, references: 2, index: '2606 2', label: 'app.chunks fk', entry: '2606 9' };

    test('waits for all of both tables, and for their indexes, and locks both', () => {
      const { parts, builds } = planOf(tables, indexes, rules, [key]);
      const large = parts.filter(({ label }) => label !== 'app.small').map((part) => part.key);
      expect(builds.at(-1)).toEqual({
        ...{ label: 'app.chunks fk', entry: '2606 9', vector: false, constraint: true },
        ...{ after: large, afterBuilds: ['app.by_text', 'app.documents_key'] },
        tables: ['app.chunks', 'app.documents'],
      });
    });

    test.each([
      ['of a small table', { ...key, table: 3 }],
      ['to a small table', { ...key, references: 3 }],
      ['that leans on an index that comes with the rest', { ...key, index: '1259 77' }],
    ])('%s comes with the rest', (_what, other) => {
      expect(planOf(tables, indexes, rules, [other]).builds).toHaveLength(indexes.length);
    });

    test('of a table to itself is one of that table', () => {
      const { builds } = planOf(tables, indexes, rules, [{ ...key, table: 2 }]);
      expect(builds.at(-1)?.tables).toEqual(['app.documents']);
    });
  });

  test('a materialized view that reads a vector index which comes with the rest comes with the rest', () => {
    const index = { ...{ table: 3, label: 'app.hnsw', entry: '1259 3' }, vector: true, constraint: false };
    const views = [{ oid: 7, label: 'app.nearest', entry: '0 7', reads: [3] }];
    const contents = { tables: [table(3, 'small', 5)], indexes: [index], foreignKeys: [], views };
    expect(planParts(contents, rules).builds).toEqual([]);
    const plain = { ...contents, indexes: [{ ...index, vector: false }] };
    expect(planParts(plain, rules).builds.map(({ label }) => label)).toEqual(['app.nearest']);
  });

  test('a materialized view waits for all rows, for the indexes of what it reads, and for views that it reads', () => {
    const index = (of: number, label: string, vector = false) => ({
      ...{ table: of, label, entry: `1259 ${String(of)}`, vector, constraint: false },
    });
    const tables = [table(1, 'read', 150), table(2, 'other', 90), table(3, 'small', 5)];
    const indexes = [index(1, 'app.hnsw', true), index(1, 'app.btree'), index(2, 'app.of_other')];
    const views = [
      { oid: 8, label: 'app.above', entry: '0 8', reads: [7, 1] },
      { oid: 7, label: 'app.below', entry: '0 7', reads: [1] },
    ];
    const { parts, builds } = planParts({ tables, indexes, foreignKeys: [], views }, rules);
    const after = parts.map((part) => part.key);
    expect(builds.slice(-2)).toEqual([
      {
        ...{ label: 'app.above', entry: '0 8', after, afterBuilds: ['app.hnsw', 'app.btree', 'app.below'] },
        ...{ tables: ['app.above'], vector: false, constraint: false },
      },
      {
        ...{ label: 'app.below', entry: '0 7', after, afterBuilds: ['app.hnsw', 'app.btree'] },
        ...{ tables: ['app.below'], vector: false, constraint: false },
      },
    ]);
  });
});
