import type { SequenceValue } from './fingerprint.js';
import { quoteQualified } from './identifier.js';
import { notOfExtension, userSchema } from './inventory/section.js';
import type { Session } from './session.js';

const batch = 500;

interface SequenceName {
  readonly schema: string;
  readonly name: string;
  readonly label: string;
  readonly increment: string;
}

/** Where every sequence stands. Read from the sequences themselves: pg_sequences hides those that were never used. */
export async function takeSequences(session: Session): Promise<SequenceValue[]> {
  const names = await session.rows<SequenceName>(`SELECT n.nspname AS schema, c.relname AS name,
      format('%I.%I', n.nspname, c.relname) AS label, s.seqincrement::text AS increment
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')} ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`);
  const values: SequenceValue[] = [];
  for (let start = 0; start < names.length; start += batch) {
    const part = names.slice(start, start + batch);
    const sql = part.map(
      (one, index) =>
        `SELECT ${index} AS position, last_value::text, is_called FROM ${quoteQualified(one.schema, one.name)}`,
    );
    const rows = await session.rows<{ position: number; last_value: string; is_called: boolean }>(
      `${sql.join(' UNION ALL ')} ORDER BY 1`,
    );
    part.forEach((one, index) => {
      const row = rows[index];
      if (row === undefined) return;
      values.push({
        sequence: one.label,
        lastValue: row.last_value,
        isCalled: row.is_called,
        increment: one.increment,
      });
    });
  }
  return values;
}
