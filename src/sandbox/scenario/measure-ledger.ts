import type { ClientBase } from 'pg';
import type { LedgerEntry } from './ledger.js';

/** What the application saw of a move. */
export interface LedgerMeasure {
  readonly acknowledged: number;
  /** `write_id` of each write that was acknowledged and is not in the database. */
  readonly lost: readonly string[];
  /** The longest time without an acknowledged write: the downtime that the application saw. */
  readonly longestGap: Gap | undefined;
}

export interface Gap {
  readonly milliseconds: number;
  readonly from: Date;
  readonly to: Date;
}

/** How many write ids one query asks for. */
const batch = 5000;

/** Compares the ledger with the database that the application ended up on. */
export async function measureLedger(
  entries: readonly LedgerEntry[],
  client: ClientBase,
): Promise<LedgerMeasure> {
  const lost: string[] = [];
  for (let start = 0; start < entries.length; start += batch) {
    const writes = entries.slice(start, start + batch).map(({ write }) => write);
    const { rows } = await client.query<{ write: string }>(
      `SELECT write FROM unnest($1::uuid[]) AS write
       WHERE NOT EXISTS (SELECT FROM messages WHERE messages.write_id = write)`,
      [writes],
    );
    lost.push(...rows.map(({ write }) => write));
  }
  return { acknowledged: entries.length, lost, longestGap: findLongestGap(entries) };
}

/** Undefined with fewer than two entries. */
export function findLongestGap(entries: readonly LedgerEntry[]): Gap | undefined {
  let longest: Gap | undefined;
  entries.forEach(({ at }, index) => {
    const previous = entries[index - 1];
    if (previous === undefined) return;
    const milliseconds = at - previous.at;
    if (longest !== undefined && milliseconds <= longest.milliseconds) return;
    longest = { milliseconds, from: new Date(previous.at), to: new Date(at) };
  });
  return longest;
}
