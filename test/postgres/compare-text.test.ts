import { describe, expect, test } from 'vitest';
import { looseDefinition } from '../../src/postgres/compare-text.js';

const isSame = (section: string, one: string, other: string): boolean =>
  looseDefinition(section, JSON.stringify({ definition: one })) ===
  looseDefinition(section, JSON.stringify({ definition: other }));

test('a view that names its columns by their table is the same as one that does not', () => {
  expect(
    isSame(
      'views',
      ' SELECT users.id,\n    users.name FROM app.users;',
      ' SELECT id,\n    name FROM app.users;',
    ),
  ).toBe(true);
  expect(
    isSame('views', 'SELECT "Odd; t"."Col ""x" FROM app."Odd; t"', 'SELECT "Col ""x" FROM app."Odd; t"'),
  ).toBe(true);
  expect(isSame('views', 'SELECT t.* FROM t', 'SELECT * FROM t')).toBe(true);
});

describe('not the same is', () => {
  test.each([
    ['another column', 'views', 'SELECT users.id FROM users', 'SELECT name FROM users'],
    ['another literal', 'views', "SELECT 'a b'::text", "SELECT 'ab'::text"],
    ['another name in quotes', 'views', 'SELECT "a b" FROM t', 'SELECT "ab" FROM t'],
    [
      'another body',
      'functions',
      'AS $function$ SELECT x * 2 $function$',
      'AS $function$ SELECT x*2 $function$',
    ],
    [
      'a default from another sequence',
      'columns',
      "nextval('app.one'::regclass)",
      "nextval('owned.one'::regclass)",
    ],
    ['an index on another schema', 'indexes', 'CREATE INDEX i ON app.t (a)', 'CREATE INDEX i ON owned.t (a)'],
  ])('%s', (_name, section, one, other) => {
    expect(isSame(section, one, other)).toBe(false);
  });
});

test('a comment is compared as it was written', () => {
  expect(looseDefinition('comments', 'a (b)')).not.toBe(looseDefinition('comments', 'a b'));
});
