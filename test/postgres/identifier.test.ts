import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingClause, splitNames } from '../../src/postgres/guc-value.js';
import { quoteIdentifier, quoteLiteral } from '../../src/postgres/identifier.js';

const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\0'));

test('a quoted name is one name, whatever it holds', () => {
  fc.assert(
    fc.property(name, (text) => {
      const quoted = quoteIdentifier(text);
      expect(quoted).toMatch(/^"[^]*"$/);
      expect(quoted.slice(1, -1).replaceAll('""', '')).not.toContain('"');
      expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(text);
    }),
  );
});

test('NUL and nothing are no names', () => {
  expect(() => quoteIdentifier('a\0b')).toThrow('not a name');
  expect(() => quoteIdentifier('')).toThrow('not a name');
  expect(() => quoteLiteral('\0')).toThrow('not a name');
});

test('a list of names is split as PostgreSQL quotes it, and each is quoted anew', () => {
  expect(splitNames('"$user", public, "a ""b"", c"')).toEqual(['$user', 'public', 'a "b", c']);
  expect(settingClause('search_path="$user", public')).toBe(`"search_path" TO '$user', 'public'`);
  expect(settingClause('search_path=""')).toBe(`"search_path" TO ''`);
});

test('a setting cannot carry a second statement', () => {
  expect(settingClause(`work_mem=1MB'; DROP TABLE x; --`)).toBe(`"work_mem" TO '1MB''; DROP TABLE x; --'`);
  expect(settingClause(`search_path=a; DROP TABLE x`)).toBe(`"search_path" TO 'a;', 'DROP', 'TABLE', 'x'`);
  expect(settingClause('hnsw.ef_search=100')).toBe(`"hnsw"."ef_search" TO '100'`);
});
