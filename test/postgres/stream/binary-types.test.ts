import { describe, expect, test } from 'vitest';
import { isBinarySafe } from '../../../src/postgres/stream/binary-types.js';
import type { TypeFacts } from '../../../src/postgres/stream/binary-types.js';

const plain = { builtin: true, kind: 'b', binary: true, extension: null, parts: [], array: false };
const all: TypeFacts[] = [
  { ...plain, oid: 23, name: 'int4' },
  { ...plain, oid: 1007, name: '_int4', parts: [23], array: true },
  { ...plain, oid: 2205, name: 'regclass' },
  { ...plain, oid: 142, name: 'xml' },
  { ...plain, oid: 600, name: 'point' },
  { ...plain, oid: 1033, name: 'aclitem', binary: false },
  { ...plain, oid: 3904, name: 'int4range', kind: 'r', parts: [23] },
  { ...plain, oid: 20001, name: 'mood', builtin: false, kind: 'e' },
  { ...plain, oid: 20002, name: '_mood', builtin: false, parts: [20001], array: true },
  { ...plain, oid: 20003, name: 'pair', builtin: false, kind: 'c', parts: [23, 23] },
  { ...plain, oid: 20004, name: 'odd pair', builtin: false, kind: 'c', parts: [23, 20001] },
  { ...plain, oid: 20005, name: 'email', builtin: false, kind: 'd', parts: [23] },
  { ...plain, oid: 20006, name: 'document', builtin: false, kind: 'd', parts: [142] },
  { ...plain, oid: 20007, name: 'vector', builtin: false, extension: 'vector' },
  { ...plain, oid: 20008, name: '_vector', builtin: false, extension: 'vector', parts: [20007], array: true },
  { ...plain, oid: 20009, name: 'hstore', builtin: false, extension: 'hstore' },
  { ...plain, oid: 20010, name: 'home-made', builtin: false },
];
const types = new Map(all.map((type) => [type.oid, type]));
const safe = (rules: { sameMajor: boolean; sameExtensions: ReadonlySet<string> }): string[] =>
  all.filter(({ oid }) => isBinarySafe(oid, types, rules)).map(({ name }) => name);

describe('values go in binary form', () => {
  test('where that form holds no OID of its own server, nothing of the session, and has both functions', () => {
    expect(safe({ sameMajor: true, sameExtensions: new Set(['hstore']) })).toEqual([
      ...['int4', '_int4', 'point', 'int4range', 'mood', 'pair', 'email', 'vector', 'hstore'],
    ]);
  });

  test('between majors only where every version has the same form, and of extensions only pgvector', () => {
    expect(safe({ sameMajor: false, sameExtensions: new Set() })).toEqual([
      ...['int4', '_int4', 'int4range', 'mood', 'pair', 'email', 'vector'],
    ]);
  });
});
