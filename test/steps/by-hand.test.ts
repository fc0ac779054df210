import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteReadOnly, word } from '../../src/steps/by-hand.js';
import { noteEmptying } from '../../src/steps/target-database.js';
import { findClients, masterPassword, startPostgresServer, type PostgresServer } from '../postgres-server.js';

test.each(['plain', 'two words', `it's`, '"$HOME" `id` \\', '', 'ä*?[]{}~!#&|;<>()', '-x', 'file:///a b'])(
  'a shell reads %j as the one word that it is',
  (text) => {
    const { stdout } = spawnSync('bash', ['-c', `printf '<%s>' ${word(text)}`], { encoding: 'utf8' });
    expect(stdout).toBe(`<${text}>`);
  },
);

describe('against a database of a name that nobody expects', () => {
  const name = `o'brien "the" 1st $HOME`;
  let server: PostgresServer;
  let path: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    await server.createDatabase(name);
    path = [(await findClients()).binDir, process.env['PATH'] ?? ''].join(delimiter);
  });
  afterAll(() => server.stop());

  const paste = (line: string): void => {
    const env = {
      PATH: path,
      PGPASSWORD: masterPassword,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: server.caFile,
    };
    const { status, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8', env });
    expect(status, stderr).toBe(0);
  };
  const readSettings = async (): Promise<unknown> => {
    const [row] = await server.asSuperuser(
      'postgres',
      `SELECT s.setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname LIKE 'o''brien%'`,
    );
    return row?.['setconfig'] ?? null;
  };

  test('the switch is set, also where it stands on read-only, and taken away', async () => {
    paste(noteReadOnly(server.database(name), 'on'));
    expect(await readSettings()).toEqual(['default_transaction_read_only=on']);
    paste(noteReadOnly(server.database(name), null));
    expect(await readSettings()).toBeNull();
  });

  test('it is emptied', async () => {
    await server.asMaster(name, 'CREATE TABLE filled ()');
    paste(noteEmptying(server.database(name)));
    const [found] = await server.asMaster(name, `SELECT to_regclass('filled') AS filled`);
    expect(found).toEqual({ filled: null });
  });
});
