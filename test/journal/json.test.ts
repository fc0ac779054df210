import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, describeDifferences, toJson, toJsonObject } from '../../src/journal/json.js';

test('canonical JSON does not depend on the order of members', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  );
});

test('canonical JSON is JSON and means the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = toJson(value);
      expect(JSON.parse(canonicalJson(json))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
  );
});

test('what JSON cannot hold is refused, and what it drops is dropped', () => {
  expect(() => toJson(undefined)).toThrow();
  expect(toJsonObject({ a: undefined, at: new Date(0) })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  expect(() => toJsonObject({ big: 1n })).toThrow(/BigInt/);
});

test('differences are told with their place and both values', () => {
  const before = { name: 'a', target: { min: 1, list: [1, 2] }, gone: true };
  const after = { name: 'a', target: { min: 2, list: [1] }, added: null };
  expect(describeDifferences(before, after)).toEqual([
    'added: (absent) → null',
    'gone: true → (absent)',
    'target.list: [1,2] → [1]',
    'target.min: 1 → 2',
  ]);
  expect(describeDifferences(before, before)).toEqual([]);
  expect(describeDifferences(1, [1])).toEqual(['(whole): 1 → [1]']);
});
