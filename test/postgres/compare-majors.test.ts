import { expect, test } from 'vitest';
import { asBothHaveIt, isKnownToBoth } from '../../src/postgres/compare-majors.js';
import type { Majors } from '../../src/postgres/compare-majors.js';

const multiranges = ['app.span_multirange'];
const old: Majors = [13, 17];
const recent: Majors = [15, 17];

const isKnown = (section: string, key: string, majors: Majors) =>
  isKnownToBoth(section, key, majors, multiranges);

function isAlike(section: string, key: string, one: object, other: object, majors: Majors): boolean {
  const [here, there] = [one, other].map((value) =>
    asBothHaveIt(section, key, JSON.stringify(value), majors),
  );
  return here === there;
}

test.each([
  ['types', 'app.span_multirange'],
  ['functions', 'function app.span_multirange(app.span[])'],
  ['grants', 'function app.span_multirange() EXECUTE to public'],
  ['grants', 'type app.span_multirange USAGE to public'],
  ['other objects', 'cast (app.span AS app.span_multirange)'],
])('what comes with a multirange is compared from 14 on: %s %s', (section, key) => {
  expect(isKnown(section, key, old)).toBe(false);
  expect(isKnown(section, key, recent)).toBe(true);
  expect(isKnown(section, key, [13, 13])).toBe(true);
});

test.each([
  ['types', 'app.span'],
  ['functions', 'function app.span(double precision,double precision)'],
  ['functions', 'function app.span_multirange_too()'],
  ['grants', 'type app.span USAGE to public'],
  ['comments', 'type app.span_multirange'],
])('everything else is compared whatever the versions: %s %s', (section, key) => {
  expect(isKnown(section, key, old)).toBe(true);
});

test('the privilege to maintain is compared from 17 on', () => {
  const key = 'table app.users MAINTAIN to zoo_app';
  expect(isKnown('grants', key, [16, 17])).toBe(false);
  expect(isKnown('grants', key, [17, 18])).toBe(true);
});

test('a range is the same with its multirange and without, and not with another type below', () => {
  const range = { kind: 'r', range: { of: 'integer', multirange: null } };
  const later = { kind: 'r', range: { of: 'integer', multirange: 'app.span_multirange' } };
  expect(isAlike('types', 'app.span', range, later, old)).toBe(true);
  expect(isAlike('types', 'app.span', range, later, recent)).toBe(false);
  expect(isAlike('types', 'app.span', range, { ...later, range: { of: 'text' } }, old)).toBe(false);
});

test('the function of a conversion may have an argument more, and no other name', () => {
  const conversion = { from: 'LATIN1', function: 'to_utf8(integer,internal)' };
  const later = { from: 'LATIN1', function: 'to_utf8(integer,internal,boolean)' };
  expect(isAlike('other objects', 'conversion a.b', conversion, later, old)).toBe(true);
  expect(isAlike('other objects', 'conversion a.b', conversion, later, recent)).toBe(false);
  const other = { from: 'LATIN1', function: 'to_utf16(integer,internal,boolean)' };
  expect(isAlike('other objects', 'conversion a.b', conversion, other, old)).toBe(false);
  expect(isAlike('other objects', 'cast (a AS b)', conversion, later, old)).toBe(false);
});

test('a publication of whole tables is the same before 15 and later, and one of some columns is not', () => {
  const publication = { all: false, tables: [['table a'], ['table b']] };
  const later = {
    all: false,
    tables: [
      ['table a', null, null],
      ['table b', null, null],
    ],
    schemas: null,
  };
  expect(isAlike('publications', 'p', publication, later, old)).toBe(true);
  const narrower = {
    ...later,
    tables: [
      ['table a', null, ['id']],
      ['table b', null, null],
    ],
  };
  expect(isAlike('publications', 'p', publication, narrower, old)).toBe(false);
  expect(isAlike('publications', 'p', publication, { ...later, schemas: ['app'] }, old)).toBe(false);
});
