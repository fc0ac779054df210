import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresClients } from '../../../src/process/postgres-clients.js';
import { findClients, startPostgresServer, type PostgresServer } from '../../postgres-server.js';
import { createDataRun, type DataRun, type DataRunSettings, type Engine } from './data-run.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

export type Side = 'source' | 'target';

/** Two servers, a line to each that can be bad, and a database to move. */
export interface FaultWorld {
  readonly servers: Readonly<Record<Side, PostgresServer>>;
  readonly lines: Readonly<Record<Side, FaultProxy>>;
  readonly clients: PostgresClients;
  /** A run of its own, its target empty. */
  begin(
    engine: Engine,
    options: Pick<DataRunSettings, 'stall' | 'dumps'> & Partial<Pick<DataRunSettings, 'clients'>>,
  ): Promise<DataRun>;
  /** All that a database holds, read without the program; undefined when there is none. */
  digest(side: Side): Promise<string | undefined>;
  close(): Promise<void>;
}

const content = `
  CREATE EXTENSION vector;
  CREATE TABLE documents (id bigserial PRIMARY KEY, title text NOT NULL);
  CREATE TABLE chunks (id bigserial PRIMARY KEY, document bigint REFERENCES documents, body text, embedding vector(16));
  CREATE TABLE events (id int, at timestamptz, body jsonb) PARTITION BY RANGE (id);
  CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (0) TO (500);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (500) TO (1000);
  INSERT INTO documents (title) SELECT 'title ' || i FROM generate_series(1, 300) i;
  INSERT INTO chunks (document, body, embedding) SELECT 1 + i % 300, repeat(md5(i::text), 24),
    ARRAY(SELECT sin(i * 31 + d)::real FROM generate_series(1, 16) d)::vector FROM generate_series(1, 2000) i;
  INSERT INTO events SELECT i, 'epoch'::timestamptz + i * interval '1 h', jsonb_build_object('n', i) FROM generate_series(0, 999) i;
  CREATE INDEX ON chunks USING hnsw (embedding vector_l2_ops);
  CREATE INDEX ON chunks (md5(body));
  CREATE VIEW titles AS SELECT title FROM documents;
  SELECT lo_from_bytea(800001, decode(repeat('ab', 300000), 'hex'));
  SELECT lo_from_bytea(800002, 'small');`;

const digestSql = `SELECT concat_ws(' ',
    (SELECT md5(string_agg(d::text, '|' ORDER BY id)) FROM documents d),
    (SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM chunks c),
    (SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM events e),
    (SELECT string_agg(sequencename || last_value, ',' ORDER BY sequencename) FROM (SELECT sequencename, last_value FROM pg_sequences) s),
    (SELECT md5(string_agg(md5(lo_get(oid)), ',' ORDER BY oid)) FROM pg_largeobject_metadata),
    (SELECT string_agg(indexdef, ',' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public'),
    (SELECT string_agg(conrelid::regclass || conname || convalidated, ',' ORDER BY conrelid::regclass::text, conname)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
    (SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_')) AS digest`;

export async function createFaultWorld(): Promise<FaultWorld> {
  const [source, target] = await Promise.all([startPostgresServer(), startPostgresServer()]);
  const lines = { source: await startFaultProxy(source), target: await startFaultProxy(target) };
  const servers = { source, target };
  const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const root = mkdtempSync(join(place, 'rds2aurora-faults-'));
  const { major, version, binDir } = await findClients();
  const clients = { major, version, binDir };
  await source.createDatabase('moved');
  await source.asMaster('moved', content);
  // A server that crashes finds its sequences as the log has them, up to 32 values ahead, unless they were written since.
  await source.asSuperuser('moved', 'CHECKPOINT');
  const refTo = (side: Side) => ({ ...servers[side].database('moved'), port: lines[side].port });
  return {
    ...{ servers, lines, clients },
    begin: async (engine, options) => {
      await target.asSuperuser('postgres', 'DROP DATABASE IF EXISTS moved WITH (FORCE)');
      const trusted = [source.ca, target.ca];
      return createDataRun({
        ...{ engine, source: refTo('source'), target: refTo('target'), clients, trusted, root },
        ...options,
      });
    },
    digest: async (side) => {
      const named = await servers[side].asSuperuser(
        'postgres',
        `SELECT FROM pg_database WHERE datname = 'moved'`,
      );
      if (named.length === 0) return undefined;
      const [row] = await servers[side].asMaster('moved', digestSql);
      return String(row?.['digest']);
    },
    close: async () => {
      await Promise.all([lines.source.close(), lines.target.close()]);
      await Promise.all([source.stop(), target.stop()]);
      await rm(root, { recursive: true, force: true });
    },
  };
}
