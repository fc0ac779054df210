import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../../../src/sandbox/postgres/certificate-authority.js';
import { PostgresRuntime } from '../../../src/sandbox/postgres/postgres-runtime.js';
import type { RunningServer } from '../../../src/sandbox/postgres/running-server.js';
import { connect, type DatabaseAddress } from '../../../src/sandbox/scenario/conversation-store.js';
import { loadDataSet } from '../../../src/sandbox/scenario/data-set.js';
import { Ledger, readLedger } from '../../../src/sandbox/scenario/ledger.js';
import { measureLedger } from '../../../src/sandbox/scenario/measure-ledger.js';
import { runApplication } from '../../../src/sandbox/scenario/run-application.js';

const master = { username: 'raguser', password: 'not-a-secret-here', database: 'ragdb' };

describe('the application and the data of production-rag', () => {
  let directory: string;
  let runtime: PostgresRuntime;
  let server: RunningServer;
  let address: DatabaseAddress;
  let client: Client;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scenario-'));
    const authority = createCertificateAuthority();
    const caFile = join(directory, 'ca.pem');
    await writeFile(caFile, authority.certificate);
    runtime = await PostgresRuntime.create({ directory, authority });
    const volume = await runtime.createVolume(17, master);
    server = await runtime.startServer(volume, await runtime.allotAddress(5432), {
      parameters: {},
      forceSsl: true,
    });
    const { username: user, password, database } = master;
    address = { ...server.listener, user, password, database, caFile };
    client = await connect(address);
    await loadDataSet(client, { scale: 0.2, dimensions: 16 });
  });

  afterAll(async () => {
    await client.end();
    await runtime.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs the application until it has logged `lines` lines or acknowledged `writes` writes more. */
  async function runUntil(
    ledgerFile: string,
    done: (lines: readonly string[]) => Promise<boolean>,
  ): Promise<string[]> {
    const stop = new AbortController();
    const lines: string[] = [];
    const ledger = new Ledger(ledgerFile);
    const running = runApplication({
      address,
      ledger,
      pauseMs: 5,
      signal: stop.signal,
      log: (line) => void lines.push(line),
    });
    await expect.poll(() => done(lines), { timeout: 20_000, interval: 20 }).toBe(true);
    stop.abort();
    await running;
    ledger.close();
    return lines;
  }

  test('holds the same rows for the same seed', async () => {
    const { rows } = await client.query(
      `SELECT md5(string_agg(chunks::text, '|' ORDER BY id)) AS chunks, count(*)::int AS count FROM chunks`,
    );
    expect(rows).toEqual([{ chunks: '3da28cf2e31d833c58854cc968373a05', count: 200 }]);
  });

  test('has some of everything that a move can lose', async () => {
    const { rows } = await client.query<Record<string, number>>(`SELECT
      (SELECT count(*)::int FROM pg_largeobject_metadata) AS large_objects,
      (SELECT count(*)::int FROM pg_policies) AS policies,
      (SELECT count(*)::int FROM pg_matviews WHERE ispopulated) AS matviews,
      (SELECT count(*)::int FROM pg_partitioned_table) AS partitioned,
      (SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal) AS triggers,
      (SELECT count(*)::int FROM pg_attribute WHERE attgenerated = 's') AS generated,
      (SELECT cardinality(setconfig) FROM pg_db_role_setting) AS settings,
      (SELECT last_value::int FROM document_number_seq) AS sequence`);
    expect(rows).toEqual([
      {
        large_objects: 5,
        policies: 1,
        matviews: 1,
        partitioned: 1,
        triggers: 1,
        generated: 1,
        settings: 2,
        sequence: 1220,
      },
    ]);
  });

  test('uses the vector index for a search', async () => {
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query<Record<'QUERY PLAN', string>>(
      `EXPLAIN SELECT id FROM chunks ORDER BY embedding <=> (SELECT embedding FROM chunks WHERE id = 1) LIMIT 5`,
    );
    await client.query('RESET enable_seqscan');
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('chunks_embedding_idx');
  });

  test('says at its start what it is connected to, and writes down only what the server has', async () => {
    const file = join(directory, 'steady.jsonl');
    const lines = await runUntil(file, async () => (await readLedger(file)).length >= 25);
    expect(lines).toEqual([
      'Starting production-rag',
      'ConversationStore initialized with PostgreSQL backend',
      'Using PostgreSQL for vector storage',
      'Stopped',
    ]);
    const entries = await readLedger(file);
    const measure = await measureLedger(entries, client);
    expect(measure).toMatchObject({ acknowledged: entries.length, lost: [] });
    expect(new Set(entries.map(({ write }) => write)).size).toBe(entries.length);
  });

  test('a write that the database does not have is reported as lost', async () => {
    const file = join(directory, 'lossy.jsonl');
    await runUntil(file, async () => (await readLedger(file)).length >= 3);
    const [first, ...others] = await readLedger(file);
    await client.query('DELETE FROM messages WHERE write_id = $1', [first?.write]);
    expect(await measureLedger([first!, ...others], client)).toMatchObject({ lost: [first?.write] });
  });

  test('goes on by itself after its connections were ended and the database was read-only', async () => {
    const file = join(directory, 'interrupted.jsonl');
    let before = 0;
    const lines = await runUntil(file, async (seen) => {
      const count = (await readLedger(file)).length;
      if (count >= 3 && before === 0) {
        before = count;
        await client.query('ALTER DATABASE ragdb SET default_transaction_read_only = on');
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'production-rag' AND pid <> pg_backend_pid()`,
        );
      }
      if (!seen.some((line) => line.includes('read-only transaction'))) return false;
      await client.query('ALTER DATABASE ragdb RESET default_transaction_read_only');
      return count >= before + 5;
    });
    expect(lines.filter((line) => line.startsWith('ConversationStore'))).toHaveLength(2);
    expect(await measureLedger(await readLedger(file), client)).toMatchObject({ lost: [] });
  });

  test('never writes a password to its log', async () => {
    const file = join(directory, 'wrong-password.jsonl');
    const right = address;
    address = { ...right, password: 'wrong-password-value' };
    const lines = await runUntil(file, (seen) => Promise.resolve(seen.length >= 2));
    address = right;
    expect(lines[1]).toContain('password authentication failed');
    expect(lines.join('\n')).not.toContain('wrong-password-value');
    expect(await readFile(file, 'utf8')).toBe('');
  });
});
