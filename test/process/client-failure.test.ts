import { expect, test } from 'vitest';
import { findConnectionFailure } from '../../src/process/client-failure.js';

const failed = { what: 'pg_dump', stopped: 'DumpInterrupted', details: {} };

test('a server that is shut down while a session begins is one that was lost, not a failed dump', () => {
  const said = 'pg_dump: error: invalid client encoding "UTF8" specified';
  expect(findConnectionFailure(said, failed)).toMatchObject({ code: 'DumpInterrupted', exitCode: 9 });
});

test('a worker of pg_dump that cannot lock its table may have lost the server, and can be begun again', () => {
  const said = `pg_dump: error: could not obtain lock on relation "public.documents"`;
  expect(findConnectionFailure(said, failed)).toMatchObject({ code: 'DumpInterrupted', exitCode: 9 });
});

test('a large object that cannot be opened over a connection that is gone is no broken one', () => {
  const said = 'pg_restore: error: could not open large object 800002: connection in wrong state';
  expect(findConnectionFailure(said, failed)).toMatchObject({ code: 'DumpInterrupted', exitCode: 9 });
});

test('what is no fault of the connection is left to others', () => {
  expect(findConnectionFailure('pg_dump: error: permission denied for table t', failed)).toBeUndefined();
});
