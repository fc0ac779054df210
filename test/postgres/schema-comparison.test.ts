import { expect, test } from 'vitest';
import { fingerprintFormat, fingerprintSchema } from '../../src/postgres/fingerprint.js';
import { createSchemaComparer } from '../../src/postgres/schema-comparison.js';

const of = (
  views: Readonly<Record<string, object>>,
  others: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
) =>
  fingerprintSchema.parse({
    ...{
      format: fingerprintFormat,
      serverVersion: '17.7',
      serverVersionNumber: 170007,
      database: 'ragdb',
      mode: 'count',
    },
    sections: {
      views: Object.fromEntries(Object.entries(views).map(([name, view]) => [name, JSON.stringify(view)])),
      ...others,
    },
    ...{ contents: [], sequences: [], vectors: [], largeObjects: { count: '0', bytes: '0', checksum: '' } },
  });
const target = { host: 'target', port: 5432, database: 'ragdb', user: 'raguser', secret: 'secret' };
const { signal } = new AbortController();

test.each([
  ['a materialized view without rows is the same view', { v: { kind: 'm', populated: false } }, ['match']],
  ['what the application added is no difference', { v: { kind: 'm' }, w: { kind: 'v' } }, []],
  ['another definition is one', { v: { kind: 'v', populated: true } }, ['differ']],
  ['a view that is missing is one', {}, ['differ']],
])('%s', async (_, views, results) => {
  const comparer = createSchemaComparer({ take: () => Promise.resolve(of(views)) });
  const found = await comparer.compare(of({ v: { kind: 'm', populated: true } }), target, signal);
  expect(found.map(({ result }) => result)).toEqual(results);
});

test('large objects are data: neither they nor their owners, grants and comments come along', async () => {
  const definitions = { comments: { 'table app.t': 'a table' }, grants: { 'table app.t': 'reader' } };
  const source = of(
    {},
    {
      'owners of large objects': { raguser: '2 abc' },
      comments: { ...definitions.comments, 'large object 7': 'a picture' },
      grants: { ...definitions.grants, 'large object 7 to reader': 'SELECT' },
    },
  );
  const comparer = createSchemaComparer({
    take: () => Promise.resolve(of({}, { 'owners of large objects': {}, ...definitions })),
  });
  const found = await comparer.compare(source, target, signal);
  expect(found.filter(({ result }) => result !== 'match')).toEqual([]);
  expect(found.map(({ item }) => item).join()).not.toContain('large object');
});
