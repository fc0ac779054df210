import { readFile } from 'node:fs/promises';
import type { ClientBase } from 'pg';

/** How much the RAG database holds. */
export interface DataSetSize {
  /** 1 is 100 documents, 1,000 chunks, 100 conversations and 2,000 messages. */
  readonly scale: number;
  /** Of each embedding; 384 is what all-MiniLM-L6-v2 gives. */
  readonly dimensions: number;
  readonly seed: number;
}

const defaultSize: DataSetSize = { scale: 1, dimensions: 64, seed: 1 };

/**
 * Makes the tables and rows of the RAG database, all at once: the application sees nothing or everything.
 * The same size gives the same rows on every machine. The client must belong to the database's owner.
 */
export async function loadDataSet(client: ClientBase, size: Partial<DataSetSize> = {}): Promise<void> {
  const values = countRows({ ...defaultSize, ...size });
  const { rows } = await client.query<{ number: number }>(
    `SELECT current_setting('server_version_num')::int AS number`,
  );
  const schema = await readSql('schema.sql', values);
  await client.query('BEGIN');
  await client.query((rows[0]?.number ?? 0) < 170_000 ? withoutPartitionedIdentity(schema) : schema);
  await client.query(await readSql('rows.sql', values));
  await client.query('COMMIT');
  await client.query(databaseSettings);
  // ANALYZE, so that the source's own plans and estimates are those of a database in use.
  await client.query('ANALYZE');
}

/** PostgreSQL 17 is the first to have identity columns of partitioned tables. */
function withoutPartitionedIdentity(schema: string): string {
  return schema.replace(/(analytics\.events \(\s+id) bigint GENERATED ALWAYS AS IDENTITY/, '$1 bigserial');
}

const databaseSettings = `DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database());
  EXECUTE format('ALTER DATABASE %I SET hnsw.ef_search = ''80''', current_database());
END $$`;

function countRows({ scale, dimensions, seed }: DataSetSize): ReadonlyMap<string, number> {
  const counts = { documents: 100, chunks: 1000, conversations: 100, messages: 2000 };
  const scaled = Object.entries(counts).map(([name, count]) => [name, Math.ceil(count * scale)] as const);
  return new Map<string, number>([...scaled, ['dimensions', dimensions], ['seed', seed]]);
}

async function readSql(file: string, values: ReadonlyMap<string, number>): Promise<string> {
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${file} asks for an unknown value: ${name}`);
    return String(value);
  });
}
