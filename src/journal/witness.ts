import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { JournalError } from '../errors.js';
import { hasCode, realFiles, writeFully, type Files } from './files.js';
import type { JournalRecord } from './record.js';
import { writeFileDurably } from './write-file-durably.js';

/**
 * A file beside the journal with the number and the hash of each record that was safe, a line each. A chain of hashes
 * shows that a line was changed, and not that the last lines are gone: a journal cut off at an older record would be gone
 * on with as if the rest had never been done. The witness is written after the record is on the disk and is not fsynced
 * itself, so it may lag behind the journal and never runs ahead of it.
 */
const fileName = 'journal.witness';

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
const shape = /^([1-9]\d{0,8}) ([0-9a-f]{64})$/;

/** The text of the witness of this journal; undefined where there is none. Read it before the journal, which grows. */
export function readWitness(journal: string, files: Files = realFiles): string | undefined {
  try {
    return files.readFileSync(join(dirname(journal), fileName), 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return undefined;
  }
}

/**
 * Holds the records of a journal against its witness. One without a witness is accepted only if its header does not
 * promise one.
 * @throws JournalError `JournalDamaged`, naming the line
 */
export function checkWitness(
  records: readonly JournalRecord[],
  witness: string | undefined,
  journal: string,
): void {
  const [header] = records;
  if (witness === undefined) {
    if (header?.type !== 'run-created' || header.witness !== true) return;
    throw damaged(journal, `its ${fileName} is missing: nobody can say whether the last lines are there`);
  }
  const last = findLastLine(witness);
  if (last === 'none') return;
  if (last === 'unreadable') throw damaged(journal, `its ${fileName} cannot be read`);
  const { seq, hash } = last;
  const missing = `line ${String(records.length + 1)} is missing: ${String(seq)} lines were safe, ${String(records.length)} are there`;
  if (records.length < seq) throw damaged(journal, missing);
  if (records[seq - 1]?.hash === hash) return;
  throw damaged(journal, `line ${String(seq)} is not the one that its ${fileName} names`);
}

/** Makes the witness of a journal that was brought here whole: it names this record alone, or none yet. */
export function writeWitness(journal: string, last: Pick<JournalRecord, 'seq' | 'hash'> | undefined): void {
  const text = last === undefined ? '' : lineOf(last);
  writeFileDurably(join(dirname(journal), fileName), text);
}

/** Appends to a witness; nothing that goes wrong here stops a run, whose journal is what counts. */
export class Witness {
  private fd: number | undefined;

  constructor(
    directory: string,
    private readonly files: Files,
  ) {
    this.fd = files.openSync(join(directory, fileName), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  }

  add(record: Pick<JournalRecord, 'seq' | 'hash'>): void {
    if (this.fd === undefined) return;
    try {
      writeFully(this.files, this.fd, Buffer.from(lineOf(record)));
    } catch {
      // It lags behind from here on, which is allowed; more lines after half of one would not be.
      this.close();
    }
  }

  /** Ends half a line that a crash or a full disk left, and names the record that is the last one now. */
  goOn(last: Pick<JournalRecord, 'seq' | 'hash'>, text: string): void {
    if (this.fd === undefined) return;
    if (text !== '' && !text.endsWith('\n')) writeFully(this.files, this.fd, Buffer.from('\n'));
    this.add(last);
  }

  close(): void {
    const { fd } = this;
    this.fd = undefined;
    if (fd !== undefined) this.files.closeSync(fd);
  }
}

function lineOf({ seq, hash }: Pick<JournalRecord, 'seq' | 'hash'>): string {
  return `${String(seq)} ${hash}\n`;
}

function findLastLine(text: string): { seq: number; hash: string } | 'none' | 'unreadable' {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '');
  for (const line of lines.reverse()) {
    const [, seq, hash] = shape.exec(line) ?? [];
    if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  }
  return lines.length === 0 ? 'none' : 'unreadable';
}

function damaged(journal: string, cause: string): JournalError {
  return new JournalError('JournalDamaged', `journal ${journal} is damaged: ${cause}`, {
    why: 'records that were safe are never taken away by a crash; something else changed this file',
    next: [
      'put back an unchanged copy of both files, or finish by hand what the lines that are left describe',
    ],
  });
}
