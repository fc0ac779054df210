/** What a script of pg_restore holds, as it comes in pieces of any size. */
export type ScriptEvent =
  | { readonly kind: 'begin'; readonly copy: Buffer; readonly encoding: string }
  /** It is none that rows can be told apart in. */
  | { readonly kind: 'unreadable' }
  /** Whole rows, each with its end of line, in pieces of any size; at most one of them for a piece of the script. */
  | { readonly kind: 'rows'; readonly pieces: readonly Buffer[] }
  | { readonly kind: 'end' };

/** Lines that may stand before the rows. Anything else may be the middle of a name, or data. */
const preamble = /^(|--.*|SET .*|SELECT pg_catalog\.set_config\(.*|\\restrict .*)$/;
const newline = 0x0a;
const endOfRows = Buffer.from('\\.\n');
const endAfterRow = Buffer.from('\n\\.\n');

/**
 * Reads what `pg_restore --file` writes for the data of one table: settings, `COPY … FROM stdin;`, rows in text form, `\.`.
 * A row is a line, since the text form writes a newline of a value as `\n` (PostgreSQL: COPY, Text Format). A name may
 * hold a newline: such a script is unreadable.
 */
export class CopyRows {
  #state: 'preamble' | 'rows' | 'over' = 'preamble';
  #encoding = '';
  /** A line that is not whole yet: copies, since pieces are only lent. Not joined: a row may be as large as 1 GB. */
  #held: Buffer[] = [];

  /** What comes of it looks at `piece` itself, too. */
  push(piece: Buffer): ScriptEvent[] {
    if (this.#state === 'over') return [];
    const end = piece.lastIndexOf(newline) + 1;
    if (end === 0) {
      this.#held.push(Buffer.from(piece));
      return [];
    }
    const lines = piece.subarray(0, end);
    const pieces = [...this.#held, lines];
    this.#held = end < piece.length ? [Buffer.from(piece.subarray(end))] : [];
    return this.#state === 'preamble' ? this.#readPreamble(Buffer.concat(pieces)) : this.#readRows(pieces);
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
      return start < lines.length ? [begin, ...this.#readRows([lines.subarray(start)])] : [begin];
    }
    return [];
  }

  /** Of the pieces only the last holds an end of line. */
  #readRows(pieces: readonly Buffer[]): ScriptEvent[] {
    const held = pieces.slice(0, -1);
    const [lines = Buffer.alloc(0)] = pieces.slice(-1);
    const { length } = endOfRows;
    const first = Buffer.concat([...held.slice(0, length), lines].map((piece) => piece.subarray(0, length)));
    if (first.subarray(0, length).equals(endOfRows)) return this.#end({ kind: 'end' });
    const end = lines.indexOf(endAfterRow) + 1;
    if (end === 0) return [{ kind: 'rows', pieces }];
    const rows = { kind: 'rows', pieces: [...held, lines.subarray(0, end)] } as const;
    return [rows, ...this.#end({ kind: 'end' })];
  }

  #end(event: ScriptEvent): ScriptEvent[] {
    this.#state = 'over';
    this.#held = [];
    return [event];
  }
}
