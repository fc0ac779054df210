import type { ServerRef } from '../steps/refs.js';
import type { Fingerprint, VectorSearch } from './fingerprint.js';
import { sections } from './inventory/sections.js';
import { takeLargeObjects } from './large-object-checksum.js';
import { searchVectors } from './nearest-neighbours.js';
import { compareText, hashedAs, listTables, takeContents } from './row-checksum.js';
import { takeSequences } from './sequence-values.js';
import type { Session, Sessions } from './session.js';
import type { SnapshotSessions } from './snapshot-sessions.js';
import { useSnapshot } from './snapshot-sessions.js';
import { listVectorColumns } from './vector-columns.js';

export interface FingerprintOptions {
  readonly mode: 'checksum' | 'count';
  /** Sessions at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** The other side's searches: the same vectors are looked for here. */
  readonly sameVectorsAs?: readonly VectorSearch[];
  readonly chunkBytes?: number;
  readonly progressed?: (table: string, doneBytes: number, totalBytes: number) => void;
}

/**
 * Takes the fingerprint of a database: catalogs, rows, sequences, large objects and vector searches, all in one
 * read-only snapshot.
 */
export function takeFingerprint(
  sessions: Sessions,
  server: ServerRef,
  options: FingerprintOptions,
): Promise<Fingerprint> {
  return useSnapshot(sessions, server, { count: options.jobs, signal: options.signal }, async (group) => {
    const facts = await group.first.row<{
      version: string;
      number: number;
      database: string;
      encoding: string;
    }>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
        current_database()::text AS database, getdatabaseencoding()::text AS encoding`,
    );
    const tables = await listTables(group.first);
    const found: Fingerprint['sections'] = {};
    for (const { name, sql } of sections)
      found[name] = await takeSection(group.first, typeof sql === 'string' ? sql : sql(facts.number));
    return {
      format: 2,
      serverVersion: facts.version,
      serverVersionNumber: facts.number,
      database: facts.database,
      mode: options.mode,
      sections: found,
      sequences: await takeSequences(group.first),
      largeObjects: await takeLargeObjects(group.first),
      contents: await takeContents(group, tables, {
        mode: options.mode,
        chunkBytes: options.chunkBytes ?? 64 << 20,
        encoding: hashedAs(facts.encoding),
        ...(options.progressed === undefined ? {} : { progressed: options.progressed }),
      }),
      vectors: await takeVectors(group, options.sameVectorsAs),
    };
  });
}

async function takeSection(session: Session, sql: string): Promise<Record<string, string>> {
  const rows = await session.rows<{ key: string; value: string | null }>(sql);
  const pairs = rows.map((row): [string, string] => [row.key, row.value ?? '']);
  return Object.fromEntries(pairs.sort(([one], [other]) => compareText(one, other)));
}

async function takeVectors(
  group: SnapshotSessions,
  same: readonly VectorSearch[] | undefined,
): Promise<VectorSearch[]> {
  const columns = await listVectorColumns(group.first);
  const searches: VectorSearch[] = [];
  await group.each([...columns.keys()], async (session, index) => {
    const column = columns[index];
    if (column === undefined) return;
    const key = searchKey({ table: column.label, ...column });
    const vectors = same?.find((one) => searchKey(one) === key)?.queries.map((query) => query.vector);
    searches[index] = await searchVectors(session, column, vectors);
  });
  return searches;
}

/** Which search of one server is to be compared with which of the other. */
export function searchKey(search: {
  readonly table: string;
  readonly expression: string;
  readonly operator: string;
  readonly index?: string | null | undefined;
}): string {
  return [search.table, search.expression, search.operator, search.index ?? ''].join(' ');
}
