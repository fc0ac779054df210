import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../../src/sandbox/postgres/certificate-authority.js';
import { PostgresRuntime, type Volume } from '../../../src/sandbox/postgres/postgres-runtime.js';
import type { RunningServer } from '../../../src/sandbox/postgres/running-server.js';

const authority = createCertificateAuthority();
const settings = { parameters: {}, forceSsl: true };
const master = { username: 'raguser', password: "s3cret'password", database: 'ragdb' };

describe('the PostgreSQL servers of a sandbox', { timeout: 60_000 }, () => {
  let directory: string;
  let runtime: PostgresRuntime;
  let volume: Volume;
  let server: RunningServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rds2aurora-test-'));
    runtime = await PostgresRuntime.create({ directory, authority });
    volume = await runtime.createVolume(runtime.majors[0] ?? 0, master);
    server = await runtime.startServer(volume, await runtime.allotAddress(5432), settings);
  }, 60_000);

  afterAll(async () => {
    await runtime.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function connect(to = server, changes: object = {}): Promise<Client> {
    const ssl = { ca: authority.certificate, host: to.listener.host };
    const client = new Client({
      ...to.listener,
      user: master.username,
      password: master.password,
      database: 'ragdb',
      ssl,
      ...changes,
    });
    await client.connect();
    return client;
  }

  it('lets the master user in over verified TLS only', async () => {
    const client = await connect();
    const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    expect(rows).toEqual([{ ssl: true }]);
    await client.end();
    await expect(connect(server, { ssl: false })).rejects.toThrow(
      /no pg_hba.conf entry for host .* no encryption/,
    );
    await expect(connect(server, { password: 'wrong' })).rejects.toThrow('password authentication failed');
    await expect(connect(server, { database: 'rdsadmin' })).rejects.toThrow('pg_hba.conf rejects connection');
    await expect(connect(server, { user: 'rdsadmin' })).rejects.toThrow(
      /connection requires a valid client certificate|rejects/,
    );
  });

  it('makes the master user no superuser, yet lets it create the extensions that RDS offers', async () => {
    const client = await connect();
    const { rows } = await client.query(
      'SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
    );
    expect(rows).toEqual([{ rolsuper: false, rolcreatedb: true, rolcreaterole: true }]);
    const offered = await client.query<{ name: string }>(
      'SELECT name FROM pg_available_extensions WHERE installed_version IS NULL',
    );
    const names = offered.rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['pg_trgm', 'pgcrypto', 'uuid-ossp', 'pg_stat_statements']));
    for (const name of names) await client.query(`CREATE EXTENSION IF NOT EXISTS "${name}" CASCADE`);
    await expect(client.query('CREATE EXTENSION file_fdw')).rejects.toThrow('is not available');
    await expect(client.query('SELECT rolpassword FROM pg_authid')).rejects.toThrow(
      'permission denied for table pg_authid',
    );
    await client.end();
  });

  it('copies a running database consistently, and starts another server on the copy', async () => {
    const client = await connect();
    await client.query('CREATE TABLE kept AS SELECT g AS id FROM generate_series(1, 1000) g');
    await client.query('CREATE UNLOGGED TABLE lost AS SELECT 1 AS id');
    const copy = await runtime.copyVolume(volume, server);
    await client.query('TRUNCATE kept');
    await client.end();
    const restored = await runtime.startServer(copy, await runtime.allotAddress(5432), settings);
    const other = await connect(restored);
    const { rows } = await other.query(
      'SELECT (SELECT count(*)::int FROM kept) AS kept, (SELECT count(*)::int FROM lost) AS lost',
    );
    expect(rows).toEqual([{ kept: 1000, lost: 0 }]);
    await other.end();
    await restored.stop();
  });

  it('restarts with other parameters and runs statements as rdsadmin', async () => {
    await server.restart({ parameters: { max_connections: '37' }, forceSsl: false });
    const { rows } = await server.query('SHOW max_connections');
    expect(rows).toEqual([{ max_connections: '37' }]);
    const plain = await connect(server, { ssl: false });
    await plain.end();
    // The other tests share this server, and may come later.
    await server.restart(settings);
  });
});
