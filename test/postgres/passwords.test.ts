import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quoteLiteral } from '../../src/postgres/identifier.js';
import { createSessions } from '../../src/postgres/session.js';
import { runClientProgram } from '../../src/process/client-program.js';
import { createClientLogin } from '../../src/process/client-login.js';
import { conninfo } from '../../src/process/conninfo.js';
import { findClients, startPostgresServer } from '../postgres-server.js';
import type { PostgresServer } from '../postgres-server.js';

let server: PostgresServer;
let directory: string;
let binDir: string;

beforeAll(async () => {
  server = await startPostgresServer();
  ({ binDir } = await findClients());
  directory = await mkdtemp(join(tmpdir(), 'rds2aurora-passwords-'));
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test.each([
  ['quotes', `'"'"''""`],
  ['a shell’s and a format’s signs', '%s%24$(id)`id`;&|<>!*?'],
  ['what a password file is made of', '\\::\\\\:#*'],
  ['what a connection string is made of', `\\' dbname='x' =`],
  ['what an address is made of', 'postgres://u:p@h:1/d?x=y#z'],
  ['blanks at both ends, and a tab', ' a\tb '],
  ['letters beyond ASCII', 'pä密码🔑'],
  ['what SASLprep makes another text of', 'ﬁ\u00a0①\u00ad'],
  ['more than a line of a password file once held', 'long '.repeat(200)],
])('a password with %s logs in by every way', async (_, password) => {
  const login = {
    readPassword: () => Promise.resolve(password),
    readCa: () => Promise.resolve([server.ca]),
    applicationName: 'rds2aurora/passwords',
  };
  await server.asSuperuser('postgres', `ALTER ROLE master PASSWORD ${quoteLiteral(password)}`);
  const ref = server.database('postgres');
  const found = await createSessions(login).use(ref, { mode: 'read' }, (session) => session.rows('SELECT 1'));
  expect(found).toHaveLength(1);
  const ended = await createClientLogin({ ...login, directory })(ref, {}, (environment) =>
    runClientProgram({
      file: join(binDir, 'psql'),
      arguments: ['--no-psqlrc', '--no-password', `--dbname=${conninfo(ref)}`, '--command=SELECT 1'],
      environment,
      signal: new AbortController().signal,
      line: () => undefined,
    }),
  );
  expect(ended).toEqual({ exitCode: 0, tail: [] });
});
