import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { JournalError } from '../errors.js';
import { hasCode } from './files.js';
import type { JsonObject } from './json.js';
import { chainStart, findLineFault } from './line.js';
import { currentFormat, recordSchema, type JournalHeader, type JournalRecord } from './record.js';
import { upgradeRecords } from './upgrades.js';
import { checkWitness, readWitness } from './witness.js';

/** What a journal file holds. */
export interface JournalContent {
  readonly header: JournalHeader;
  /** All records, the header first. */
  readonly records: readonly JournalRecord[];
  /** Bytes of the file that are whole records; what follows is a torn line. */
  readonly goodBytes: number;
  /** The last whole line lacks only its newline. */
  readonly newlineMissing: boolean;
  /** For people: a torn line that was left out. */
  readonly warnings: readonly string[];
}

/** Every format, past and to come, states these in its first line. */
const anyHeader = z.looseObject({
  type: z.literal('run-created'),
  format: z.number().int(),
  toolVersion: z.string(),
});

/**
 * Reads a journal and changes nothing. A last line without newline was torn by a crash before it was safe: it is left
 * out with a warning. Any other damage is refused.
 * @throws JournalError `JournalMissing`, `JournalEmpty`, `JournalDamaged` (naming line and cause), `JournalNewer`
 */
export function readJournal(file: string): JournalContent {
  let bytes: Buffer;
  const witness = readWitness(file);
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    checkWitness([], witness, file);
    throw new JournalError('JournalMissing', `there is no journal ${file}`, { cause: error });
  }
  return parseJournal(bytes, file, witness);
}

/** The same for bytes already read, `witness` before them; `file` is named in errors. */
export function parseJournal(bytes: Buffer, file: string, witness?: string): JournalContent {
  const { lines, tail } = splitLines(bytes);
  let prev = chainStart;
  const take = (line: string): JsonObject => {
    const seq = raw.length + 1;
    const fault = findLineFault(line, seq, prev);
    if (fault !== undefined) throw damaged(file, seq, fault);
    const record = parseObject(line);
    if (record === undefined) throw damaged(file, seq, 'it is not JSON');
    const hash = record['hash'];
    if (typeof hash !== 'string') throw damaged(file, seq, 'it has no hash');
    prev = hash;
    return record;
  };
  const raw: JsonObject[] = [];
  for (const line of lines) raw.push(take(line));
  const tailIsWhole = tail !== '' && findLineFault(tail, raw.length + 1, prev) === undefined;
  if (tailIsWhole) raw.push(take(tail));
  else refuseJunkAfterRecord(tail, raw.length + 1, prev, file);

  if (raw.length === 0) checkWitness([], witness, file);
  const { header, records } = interpret(raw, file);
  checkWitness(records, witness, file);
  const goodBytes = tailIsWhole ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
  const warnings =
    goodBytes === bytes.length
      ? []
      : [
          `line ${String(raw.length + 1)} of ${file} was cut off by a crash before it was safe; it is left out`,
        ];
  return { header, records, goodBytes, newlineMissing: tailIsWhole, warnings };
}

/** A line of the right shape is an object, if it is JSON at all; what is in it is checked later. */
function parseObject(line: string): JsonObject | undefined {
  try {
    return JSON.parse(line) as JsonObject;
  } catch {
    // Its hash is right, so somebody made it: the caller names the line.
    return undefined;
  }
}

function splitLines(bytes: Buffer): { lines: string[]; tail: string } {
  const parts = bytes.toString('utf8').split('\n');
  return { tail: parts.pop() ?? '', lines: parts };
}

/** A crash leaves the beginning of a line. A whole record with something behind it is damage, not a crash. */
function refuseJunkAfterRecord(tail: string, seq: number, prev: string, file: string): void {
  for (let end = tail.lastIndexOf('}'); end > 0; end = tail.lastIndexOf('}', end - 1)) {
    if (findLineFault(tail.slice(0, end + 1), seq, prev) !== undefined) continue;
    throw damaged(file, seq, 'something else follows it on the same line');
  }
}

function interpret(
  raw: readonly JsonObject[],
  file: string,
): { header: JournalHeader; records: JournalRecord[] } {
  const [first] = raw;
  if (first === undefined) {
    throw new JournalError('JournalEmpty', `journal ${file} holds no record`, {
      why: 'the run ended before its first record was safe, so it has changed nothing',
      next: ['start the migration again'],
    });
  }
  const known = anyHeader.safeParse(first);
  if (!known.success) throw damaged(file, 1, 'it is not the header of a journal');
  const { format, toolVersion } = known.data;
  if (format > currentFormat) throw tooNew(file, format, toolVersion);

  const records = upgradeRecords(raw, format).map((one, index) => {
    const record = recordSchema.safeParse(one);
    if (!record.success) throw damaged(file, index + 1, z.prettifyError(record.error));
    return record.data;
  });
  const [header] = records;
  if (header?.type !== 'run-created') throw damaged(file, 1, 'it is not the header of a journal');
  return { header, records };
}

function damaged(file: string, line: number, cause: string): JournalError {
  return new JournalError('JournalDamaged', `line ${String(line)} of journal ${file} is damaged: ${cause}`, {
    why: 'each line is chained to the one before, and only the last may be cut short by a crash; something else changed this file',
    next: ['put back an unchanged copy of the file, or finish by hand what the lines before it describe'],
  });
}

function tooNew(file: string, format: number, toolVersion: string): JournalError {
  return new JournalError('JournalNewer', `journal ${file} was written by rds2aurora ${toolVersion}`, {
    why: `it has format ${String(format)}; this version reads up to ${String(currentFormat)}`,
    next: [`use rds2aurora ${toolVersion} or newer for this run`],
  });
}
