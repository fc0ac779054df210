import type { ServerRef } from '../steps/refs.js';
import { fingerprintFormat } from './fingerprint.js';
import type { Fingerprint } from './fingerprint.js';
import { sections } from './inventory/sections.js';
import { takeLargeObjects } from './large-object-checksum.js';
import { compareText, hashedAs, listTables, takeContents } from './row-checksum.js';
import { searchVectors } from './search-vectors.js';
import { takeSequences } from './sequence-values.js';
import type { Session, Sessions } from './session.js';
import { useSnapshot } from './snapshot-sessions.js';

export interface FingerprintOptions {
  readonly mode: 'checksum' | 'count';
  /** Sessions at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** That of the source, when this is of its target: the same vectors are looked for. */
  readonly comparedWith?: Fingerprint;
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
    const ranges = {
      chunkBytes: options.chunkBytes ?? 64 << 20,
      serverVersion: facts.number,
    };
    const tables = await listTables(group.first);
    const found = await group.each(sections, async (session, { name, sql }) => {
      const items = await takeSection(session, typeof sql === 'string' ? sql : sql(facts.number));
      return [name, items] as const;
    });
    return {
      format: fingerprintFormat,
      serverVersion: facts.version,
      serverVersionNumber: facts.number,
      database: facts.database,
      mode: options.mode,
      sections: Object.fromEntries(found),
      sequences: await takeSequences(group.first),
      largeObjects: await takeLargeObjects(group.first),
      contents: await takeContents(group, tables, {
        ...ranges,
        mode: options.mode,
        encoding: hashedAs(facts.encoding),
        // Only the source's views may be stale beside the other's: a restore fills the target's anew.
        runsViews: options.comparedWith === undefined,
        ...(options.progressed === undefined ? {} : { progressed: options.progressed }),
      }),
      vectors: await searchVectors(group, { ...ranges, sameAs: options.comparedWith?.vectors }),
    };
  });
}

async function takeSection(session: Session, sql: string): Promise<Record<string, string>> {
  const rows = await session.rows<{ key: string; value: string | null }>(sql);
  const pairs = rows.map((row): [string, string] => [row.key, row.value ?? '']);
  return Object.fromEntries(pairs.sort(([one], [other]) => compareText(one, other)));
}
