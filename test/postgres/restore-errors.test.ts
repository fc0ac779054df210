import { describe, expect, test } from 'vitest';
import { findRestoreRule, restoreRules } from '../../src/postgres/restore-errors.js';

const examples: Readonly<Record<string, string>> = {
  'transaction-timeout-unknown':
    'could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"\nCommand was: SET transaction_timeout = 0;',
  'reserved-role-missing':
    'could not execute query: ERROR:  role "rds_extension" does not exist\nCommand was: GRANT SELECT ON TABLE app.users TO rds_extension;',
};

test('every rule has an example', () => {
  expect(Object.keys(examples)).toEqual(restoreRules.map((rule) => rule.name));
});

test.each(Object.entries(examples))('%s is allowed', (name, error) => {
  expect(findRestoreRule(error)?.name).toBe(name);
});

describe('no rule allows', () => {
  test.each([
    'could not execute query: ERROR:  type "public.vector" does not exist\nCommand was: CREATE TABLE app.chunks ();',
    'COPY failed for table "users": ERROR:  invalid input syntax for type json',
    'could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"\nCommand was: ALTER ROLE app SET transaction_timeout = 0;',
    'could not execute query: ERROR:  role "app" does not exist\nCommand was: GRANT SELECT ON TABLE app.users TO app;',
    'could not execute query: ERROR:  role "rds_owner" does not exist\nCommand was: ALTER TABLE app.users OWNER TO rds_owner;',
    'could not execute query: ERROR:  relation "users" already exists\nCommand was: CREATE TABLE app.users ();',
  ])('%s', (error) => {
    expect(findRestoreRule(error)).toBeUndefined();
  });
});
