/** What a script of pg_restore holds, as it comes in pieces of any size. */
export type ScriptEvent =
  | { readonly kind: 'begin'; readonly copy: Buffer; readonly encoding: string }
  /** It is none that rows can be told apart in. */
  | { readonly kind: 'unreadable' }
  /** Whole rows, each with its end of line. */
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

/** Lines that may stand before the rows. Anything else may be the middle of a name, or data. */
const preamble = /^(|--.*|SET .*|SELECT pg_catalog\.set_config\(.*|\\restrict .*)$/;
const newline = 0x0a;
const endOfRows = Buffer.from('\\.\n');
const endAfterRow = Buffer.from('\n\\.\n');

/**
 * Reads what `pg_restore --file=-` writes for the data of one table: settings, `COPY … FROM stdin;`, rows in text form, `\.`.
 * A row is a line, since the text form writes a newline of a value as `\n` (PostgreSQL: COPY, Text Format). A name may
 * hold a newline: such a script is unreadable.
 */
export class CopyRows {
  #state: 'preamble' | 'rows' | 'over' = 'preamble';
  #encoding = '';
  /** A line that is not whole yet. Joined once it is: a row may be as large as 1 GB. */
  #held: Buffer[] = [];

  push(piece: Buffer): ScriptEvent[] {
    if (this.#state === 'over') return [];
    const end = piece.lastIndexOf(newline) + 1;
    if (end === 0) {
      this.#held.push(piece);
      return [];
    }
    const lines = Buffer.concat([...this.#held, piece.subarray(0, end)]);
    this.#held = end < piece.length ? [piece.subarray(end)] : [];
    return this.#state === 'preamble' ? this.#readPreamble(lines) : this.#readRows(lines);
  }

  #readPreamble(lines: Buffer): ScriptEvent[] {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(newline, start);
      // A byte is a character, whatever the encoding.
      const line = lines.toString('latin1', start, end);
      start = end + 1;
      this.#encoding = /^SET client_encoding = '(\w+)';$/.exec(line)?.[1] ?? this.#encoding;
      if (preamble.test(line)) continue;
      const copy = /^(COPY .* FROM stdin);$/.exec(line)?.[1];
      if (copy === undefined || copy.split('"').length % 2 === 0) return this.#end({ kind: 'unreadable' });
      this.#state = 'rows';
      const begin = { kind: 'begin', copy: Buffer.from(copy, 'latin1'), encoding: this.#encoding } as const;
      return [begin, ...this.#readRows(lines.subarray(start))];
    }
    return [];
  }

  #readRows(lines: Buffer): ScriptEvent[] {
    const isEmpty = lines.subarray(0, endOfRows.length).equals(endOfRows);
    const end = isEmpty ? 0 : lines.indexOf(endAfterRow) + 1;
    const isOver = isEmpty || end > 0;
    const bytes = isOver ? lines.subarray(0, end) : lines;
    const rows: ScriptEvent[] = bytes.length > 0 ? [{ kind: 'rows', bytes }] : [];
    return isOver ? [...rows, ...this.#end({ kind: 'end' })] : rows;
  }

  #end(event: ScriptEvent): ScriptEvent[] {
    this.#state = 'over';
    this.#held = [];
    return [event];
  }
}
