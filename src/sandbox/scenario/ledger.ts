import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const entrySchema = z.strictObject({
  /** `messages.write_id` of a write that the server acknowledged. */
  write: z.uuid(),
  /** When the acknowledgement arrived, in milliseconds since 1970. */
  at: z.number().int(),
});
export type LedgerEntry = z.output<typeof entrySchema>;

/**
 * Writes down what the server acknowledged, before the application goes on. An entry outlives the application, however
 * it is killed, because the kernel has it; the sandbox's servers keep their own writes no longer than that either.
 * Several tasks may write to one file: each entry is one short append.
 */
export class Ledger {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a', 0o600);
  }

  record(entry: LedgerEntry): void {
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

/**
 * All entries, by time; none when the application has not begun. A last line without its end was being written when
 * the application was killed, and had not been counted on by anybody.
 */
export async function readLedger(path: string): Promise<LedgerEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => entrySchema.parse(JSON.parse(line))).sort((one, other) => one.at - other.at);
}
