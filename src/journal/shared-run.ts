import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError, LockedError } from '../errors.js';
import { hasCode, realFiles } from './files.js';
import { sha256 } from './json.js';
import { acquireLock, type HeldLock, type Holder } from './lock.js';
import { parseJournal } from './read.js';
import { SharedFiles } from './shared-files.js';
import type { SharedStore } from './shared-store.js';
import { readWitness, writeWitness } from './witness.js';
import { writeFileDurably } from './write-file-durably.js';

/** Run ids are made of these; anything else in the bucket is no run, and no path. */
const runId = /^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/;
const recordName = /^journal\/(\d{12})\.json$/;
/** In the folder of a run whose state is shared: where. */
const markerName = 'shared-state';

export const lockKeyOfRun = (run: string): string => `runs/${run}/lock.json`;
export const lockKeyOfSource = (lockName: string): string => `locks/${lockName}.json`;

/** The run ids below `runs/`, each with its keys. */
export function listSharedRuns(store: SharedStore): ReadonlyMap<string, readonly string[]> {
  const runs = new Map<string, string[]>();
  for (const key of store.list('runs/')) {
    const [, id = ''] = /^runs\/([^/]+)\//.exec(key) ?? [];
    if (!runId.test(id) || id.length > 100) continue;
    runs.set(id, [...(runs.get(id) ?? []), key]);
  }
  return runs;
}

/** The journal and the files of one run, in a shared store. Its folder here is the working copy. */
export class SharedRun {
  private readonly folder: string;
  private readonly files: SharedFiles;

  constructor(
    private readonly store: SharedStore,
    run: string,
    private readonly directory: string,
  ) {
    this.folder = `runs/${run}`;
    this.files = new SharedFiles(store, this.folder, directory);
  }

  /**
   * Makes record `seq` what it is for everybody: whoever comes second with that number has been overtaken.
   * What lies in the folder by now is there before the record that may speak of it.
   * @throws LockedError
   */
  publish(seq: number, line: Uint8Array, epoch: number): void {
    this.files.push(epoch);
    if (this.store.create(this.keyOf(seq), line)) return;
    throw new LockedError('JournalTaken', `another process has written record ${String(seq)} of this run`, {
      why: 'this process was overtaken: it has been paused for longer than its lease, or somebody unlocked the run',
      next: ['rds2aurora status'],
    });
  }

  /** Brings here what is in the store and not here. The caller holds the lock of the folder. */
  pull(): void {
    const keys = this.store.list(`${this.folder}/`);
    const count = this.countRecords(keys);
    if (count === 0) return;
    this.mark();
    this.files.pull(keys);
    const local = readBytes(this.file);
    const from = Math.min(countLines(local), count - 1);
    const wanted = Array.from({ length: count - from }, (_, index) => this.keyOf(from + 1 + index));
    const whole = Buffer.concat([local.subarray(0, offsetOf(local, from)), ...this.store.getAll(wanted)]);
    this.refuseDivergence(local, whole);
    if (whole.length > local.length) this.takeOver(whole);
  }

  /** The witness is never missing, and never names what is not there yet. */
  private takeOver(whole: Buffer): void {
    const witness = readWitness(this.file);
    const { records } = parseJournal(whole, this.file, witness ?? '');
    if (witness === undefined) writeWitness(this.file, undefined);
    writeFileDurably(this.file, whole);
    writeWitness(this.file, records.at(-1));
  }

  /** Whether the store holds more records than the journal here. */
  hasNews(keys: readonly string[]): boolean {
    return this.countRecords(keys) > countLines(readBytes(this.file));
  }

  /**
   * A run that was begun before its state was shared: its records are carried to the store, in order.
   * @throws JournalError `JournalDamaged` when the store has lost records that were there
   */
  carryOver(epoch: number): void {
    const local = readBytes(this.file);
    const lines = countLines(local);
    const count = this.countRecords(this.store.list(`${this.folder}/journal/`));
    if (lines > count && findSharedName(this.directory) !== '') throw this.missing(count + 1);
    for (let seq = count + 1; seq <= lines; seq += 1)
      this.publish(seq, local.subarray(offsetOf(local, seq - 1), offsetOf(local, seq)), epoch);
    this.mark();
  }

  /** Notes in the folder of the run where its state is. */
  mark(): void {
    if (findSharedName(this.directory) === this.store.name) return;
    writeFileDurably(join(this.directory, markerName), `${this.store.name}\n`);
  }

  private get file(): string {
    return join(this.directory, 'journal.jsonl');
  }

  private keyOf(seq: number): string {
    return `${this.folder}/journal/${String(seq).padStart(12, '0')}.json`;
  }

  private countRecords(keys: readonly string[]): number {
    const numbers = keys.flatMap((key) => {
      const [, seq] = recordName.exec(key.slice(this.folder.length + 1)) ?? [];
      return seq === undefined ? [] : [Number(seq)];
    });
    const gap = numbers.sort((a, b) => a - b).findIndex((seq, index) => seq !== index + 1);
    if (gap < 0) return numbers.length;
    throw this.missing(gap + 1);
  }

  private missing(seq: number): JournalError {
    return new JournalError('JournalDamaged', `record ${String(seq)} is missing in ${this.where}`, {
      why: 'records are numbered without gaps and never deleted; something else changed the bucket',
      next: ['put the object back from a copy or an older version'],
    });
  }

  /** One must be the beginning of the other; a line that was cut off here is the beginning of one there. */
  private refuseDivergence(local: Buffer, whole: Buffer): void {
    const common = Math.min(local.length, whole.length);
    if (Buffer.compare(local.subarray(0, common), whole.subarray(0, common)) === 0) return;
    throw new JournalError('JournalDiverged', `${this.file} is not the journal that is in ${this.where}`, {
      why: 'somebody worked on this run without its shared state, or changed one of the two',
      next: [`move ${this.directory} away to go on with what is in the bucket`],
    });
  }

  private get where(): string {
    return `${this.store.name}/${this.folder}/journal`;
  }
}

/**
 * Brings every run of the store here, as far as it is not at work here: whoever works on a run keeps its folder true.
 */
export function pullRuns(store: SharedStore, root: string, holder: (run: string) => Holder): void {
  for (const [id, keys] of listSharedRuns(store)) {
    const directory = join(root, 'runs', id);
    const run = new SharedRun(store, id, directory);
    if (!run.hasNews(keys)) continue;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const lock = tryLock(directory, holder(id));
    if (lock === undefined) continue;
    try {
      // Listed anew: whoever held it until now may have gone on.
      run.pull();
    } catch (error) {
      // One run that does not fit must not hide the others; whoever opens it is told.
      if (!(error instanceof JournalError)) throw error;
    } finally {
      lock.release();
    }
  }
}

/** Where the state of the run in that folder is shared; empty where it is not. */
export function findSharedName(directory: string): string {
  return readBytes(join(directory, markerName)).toString('utf8').trim();
}

/** @throws JournalError when the state of that run is shared in another place than `known`, or in one at all */
export function refuseSharedElsewhere(directory: string, known: string | undefined): void {
  const name = findSharedName(directory);
  if (name === '' || name === known) return;
  throw new JournalError('RunIsShared', `the state of this run is in ${name}`, {
    why: 'writing anywhere else would leave out everybody who works on it there',
    next: [`set state: ${name} in the configuration, or RDS2AURORA_STATE`],
  });
}

/** The name that the lock of a source has, on disk and in the store. */
export function nameSourceLock(source: string): string {
  const readable = source.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 60);
  return `${readable}-${sha256(source).slice(0, 12)}`;
}

function tryLock(directory: string, holder: Holder): HeldLock | undefined {
  try {
    return acquireLock(join(directory, 'lock'), holder, realFiles);
  } catch (error) {
    if (error instanceof LockedError) return undefined;
    throw error;
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count += 1;
  return count;
}

/** Where line `index` (from 0) begins. */
function offsetOf(bytes: Buffer, index: number): number {
  let at = 0;
  for (let line = 0; line < index; line += 1) at = bytes.indexOf(0x0a, at) + 1;
  return at;
}
