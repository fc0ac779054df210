import type { ServerRef } from '../../steps/refs.js';
import type { Session, Sessions } from '../session.js';
import { isBinarySafe } from './binary-types.js';
import { planParts, type PartRules } from './plan-parts.js';
import type { StreamPlan } from './stream-plan.js';
import { listForeignKeys, listStreamIndexes, listStreamTables, readTypes } from './stream-tables.js';
import { listStreamViews } from './stream-views.js';

export type PartSizes = Pick<PartRules, 'partBytes' | 'leastPartBytes' | 'smallBytes' | 'batchBytes'>;

/** Starting the processes of a part, and those of each of its indexes, takes as long as copying a small table. */
const usualSizes: PartSizes = {
  ...{ partBytes: 256 << 20, leastPartBytes: 64 << 20 },
  ...{ smallBytes: 8 << 20, batchBytes: 32 << 20 },
};
/** Each part has its journal entries and two processes: a very large database gets larger parts instead of more. */
const mostParts = 500;

interface ServerFacts {
  readonly number: number;
  readonly encoding: string;
  readonly extensions: readonly string[];
}

const factsSql = `SELECT current_setting('server_version_num')::int AS number, getdatabaseencoding()::text AS encoding,
  ARRAY(SELECT extname || ' ' || extversion FROM pg_extension) AS extensions`;

/** Reads what the source holds and how the target differs from it, and divides it. */
export async function planStream(
  sessions: Sessions,
  source: ServerRef,
  target: ServerRef,
  jobs: number,
  sizes: PartSizes = usualSizes,
): Promise<StreamPlan> {
  const [other, held] = await Promise.all([
    sessions.use(target, { mode: 'read' }, (session) => session.row<ServerFacts>(factsSql)),
    sessions.use(source, { mode: 'read', statementTimeoutMs: 0 }, readHeld),
  ]);
  const { own, types, largeObjectBytes, ...contents } = held;
  const rules = {
    sameMajor: Math.floor(own.number / 10_000) === Math.floor(other.number / 10_000),
    sameExtensions: new Set(
      own.extensions.filter((one) => other.extensions.includes(one)).map((one) => one.replace(/ \S+$/, '')),
    ),
  };
  const total = contents.tables.reduce((sum, table) => sum + table.bytes, 0);
  const divided = planParts(contents, {
    ...{ ...sizes, jobs, largeObjectBytes },
    partBytes: Math.max(sizes.partBytes, total / mostParts),
    serverVersion: own.number,
    encoding: own.encoding,
    isBinary: (table) => table.columns.every(({ type }) => isBinarySafe(type, types, rules)),
  });
  return { format: 1, ...divided };
}

/** What the source is and holds. */
async function readHeld(session: Session) {
  const { largeObjectBytes } = await session.row<{ largeObjectBytes: number }>(
    `SELECT pg_table_size('pg_catalog.pg_largeobject')::float8 AS "largeObjectBytes"`,
  );
  return {
    largeObjectBytes,
    own: await session.row<ServerFacts>(factsSql),
    types: await readTypes(session),
    tables: await listStreamTables(session),
    indexes: await listStreamIndexes(session),
    foreignKeys: await listForeignKeys(session),
    views: await listStreamViews(session),
  };
}
