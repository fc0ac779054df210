import { constants } from 'node:fs';
import { join } from 'node:path';
import { LockedError, MigrationError, StoppedError } from '../errors.js';
import { noCrash, placeOf, type CrashPoint } from './crash-point.js';
import { diskFull, stopWhenFull } from './disk-full.js';
import { isDiskFull, realFiles, syncDirectory, writeFully, type Files } from './files.js';
import { chainStart, encodeLine } from './line.js';
import { parseJournal, type JournalContent } from './read.js';
import { recordSchema, type JournalRecord, type RecordBody } from './record.js';
import { Reserve } from './reserve.js';
import { readWitness, Witness } from './witness.js';

const { O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW } = constants;

/** What a writer is made of. */
export interface WriterDeps {
  readonly now: () => Date;
  /** Throws LockedError when the run's lock is no longer this process's own. Asked before and after each line. */
  readonly fence: () => void;
  /** Makes the line what everybody sees, before it is written here. Throws LockedError when its number is taken. */
  readonly publish?: (seq: number, line: Uint8Array) => void;
  readonly crashPoint?: CrashPoint;
  readonly files?: Files;
}

interface Prepared {
  readonly record: JournalRecord;
  readonly bytes: Buffer;
}

/**
 * Appends to one journal. Synchronous on purpose: when `append` returns, the line is on the disk. The first failure ends
 * it: every later `append` throws the same error, because after a failed fsync nobody knows what the disk holds.
 */
export class JournalWriter {
  private readonly written: JournalRecord[];
  private size: number;
  private failure: MigrationError | undefined;
  private open = true;

  private constructor(
    readonly file: string,
    private readonly fd: number,
    private readonly reserve: Reserve,
    private readonly witness: Witness,
    private readonly files: Files,
    private readonly deps: WriterDeps,
    content: Pick<JournalContent, 'records' | 'goodBytes'>,
  ) {
    this.written = [...content.records];
    this.size = content.goodBytes;
  }

  /** Makes the file (0600) in a folder that exists. The first `append` must be the header. */
  static create(directory: string, deps: WriterDeps): JournalWriter {
    const files = deps.files ?? realFiles;
    const file = join(directory, 'journal.jsonl');
    const reserve = new Reserve(directory, files);
    return stopWhenFull(file, () => {
      reserve.fill();
      const fd = files.openSync(file, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600);
      const witness = new Witness(directory, files);
      syncDirectory(files, directory);
      return new JournalWriter(file, fd, reserve, witness, files, deps, { records: [], goodBytes: 0 });
    });
  }

  /**
   * Opens a journal to go on with it: checks all of it, then cuts off a torn last line.
   * @throws JournalError when it is damaged or newer; StoppedError `DiskFull`
   */
  static resume(directory: string, deps: WriterDeps): { writer: JournalWriter; warnings: readonly string[] } {
    const files = deps.files ?? realFiles;
    const file = join(directory, 'journal.jsonl');
    const reserve = new Reserve(directory, files);
    const fd = files.openSync(file, O_RDWR | O_APPEND | O_NOFOLLOW);
    try {
      const seen = readWitness(file, files);
      const content = parseJournal(files.readFileSync(fd), file, seen);
      const witness = stopWhenFull(file, () => {
        reserve.fill();
        mend(files, fd, content);
        return openWitness(directory, files, content, seen ?? '');
      });
      const goodBytes = files.fstatSync(fd).size;
      const { records, warnings } = content;
      const writer = new JournalWriter(file, fd, reserve, witness, files, deps, { records, goodBytes });
      return { writer, warnings };
    } catch (error) {
      files.closeSync(fd);
      throw error;
    }
  }

  /** All records so far, the header first. */
  get records(): readonly JournalRecord[] {
    return this.written;
  }

  /** The error that ended this writer. */
  get brokenBy(): MigrationError | undefined {
    return this.failure;
  }

  /**
   * Adds one line and returns once it is on the disk.
   * @throws StoppedError `DiskFull`, `JournalNotWritten`; LockedError
   */
  append(body: RecordBody): JournalRecord {
    if (this.failure !== undefined) throw this.failure;
    const prepared = this.prepare(body);
    try {
      this.fence();
      this.write(prepared);
      this.deps.fence();
      return prepared.record;
    } catch (error) {
      this.failure = error instanceof MigrationError ? error : this.giveUp(error);
      throw this.failure;
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.witness.close();
    this.files.closeSync(this.fd);
  }

  private fence(): void {
    this.deps.fence();
    if (this.files.fstatSync(this.fd).size === this.size) return;
    throw new LockedError('JournalTaken', `another process writes to ${this.file}`, {
      why: 'the file has grown since this process last wrote to it',
      next: ['find that process and end it, then resume'],
    });
  }

  private prepare(body: RecordBody): Prepared {
    const seq = this.written.length + 1;
    const prev = this.written.at(-1)?.hash ?? chainStart;
    const members = { at: this.deps.now().toISOString(), ...body };
    const { line, hash } = encodeLine(seq, prev, members);
    return { record: recordSchema.parse({ seq, prev, hash, ...members }), bytes: Buffer.from(line) };
  }

  private write({ record, bytes }: Prepared): void {
    const crash = this.deps.crashPoint ?? noCrash;
    const { seq } = record;
    const place = placeOf(record, this.written);
    crash('before-record', seq, place);
    this.deps.publish?.(seq, bytes);
    crash('torn-record', seq, place, () => {
      writeFully(this.files, this.fd, bytes.subarray(0, bytes.length / 2));
    });
    writeFully(this.files, this.fd, bytes);
    crash('after-write', seq, place);
    this.files.fsyncSync(this.fd);
    crash('after-fsync', seq, place);
    this.size += bytes.length;
    this.written.push(record);
    this.witness.add(record);
  }

  private giveUp(cause: unknown): MigrationError {
    if (!isDiskFull(cause)) return notWritten(this.file, cause);
    try {
      this.reserve.free();
      this.files.ftruncateSync(this.fd, this.size);
      // Without a header there is no run that could be resumed.
      if (this.size > 0) this.write(this.prepare({ type: 'stopped', reason: 'disk-full' }));
    } catch (error) {
      // The line before is safe and a torn one is left out on reading: the run can be resumed without this note.
      return diskFull(this.file, error);
    }
    return diskFull(this.file, cause);
  }
}

/** A journal that was begun without a witness has one from here on. */
function openWitness(directory: string, files: Files, { records }: JournalContent, text: string): Witness {
  const witness = new Witness(directory, files);
  const last = records.at(-1);
  if (last !== undefined) witness.goOn(last, text);
  return witness;
}

/** Cuts off a torn line, or completes one that lacks only its newline. */
function mend(files: Files, fd: number, content: JournalContent): void {
  if (content.newlineMissing) writeFully(files, fd, Buffer.from('\n'));
  else if (content.warnings.length > 0) files.ftruncateSync(fd, content.goodBytes);
  else return;
  files.fsyncSync(fd);
}

function notWritten(file: string, cause: unknown): StoppedError {
  return new StoppedError('JournalNotWritten', `the disk did not take a line of ${file}`, {
    why: 'after such an error nobody knows what the disk holds, so it is not tried again',
    next: ['check the disk', 'rds2aurora resume'],
    resumable: true,
    cause,
  });
}
