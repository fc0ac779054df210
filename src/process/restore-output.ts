/** What pg_restore says on stderr with `--verbose`, in the order said. */
export type RestoreMessage =
  | { readonly kind: 'item-started'; readonly item: string }
  | { readonly kind: 'item-finished'; readonly item: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'ignored'; readonly count: number };

/**
 * What a line begins with, and its body. The parent and the workers of a parallel restore write a line in these pieces, so that
 * those of two processes get mixed; a body comes in one piece with the end of its line, maybe without its own beginning.
 */
const pieces = /^((?:pg_restore:|error: |fatal: |\[[^\]]*\] | )*)(.*)$/;
/** Bodies of errors, wherever `error:` went. */
const failure = /^(?:could not execute query: |COPY failed for table )/;
/** Bodies that hardly a statement has as a line of its own. One that has loses its end in what is told, and is an error all the same. */
const progress = new RegExp(
  `^(?:${[
    '(?:skipping|processing|launching|finished) item \\d+ ',
    '(?:entering|finished) main parallel loop$',
    'processing data for table "',
    '(?:creating|executing) [A-Z][A-Z ]* ',
    '(?:disabling|enabling) triggers for ',
    'connecting to (?:new )?database ',
    'restor(?:ed \\d+ large object|ing large object with OID )',
    'while [A-Z ]+:$',
    'from TOC entry \\d+; ',
    'warning: errors ignored on restore: \\d+$',
  ].join('|')})`,
);

/**
 * Reads the lines. An error goes on until the next line that pg_restore begins itself: the server's message and the
 * command it was about may have many lines.
 */
export class RestoreOutput {
  #error: string[] | undefined;

  constructor(private readonly tell: (message: RestoreMessage) => void) {}

  line(text: string): void {
    const [, beginning = '', body = ''] = pieces.exec(text) ?? [];
    if (failure.test(body)) this.#begin(body);
    else if (progress.test(body)) this.#note(body);
    else if (!beginning.trim()) this.#error?.push(text);
    else if (/error: |fatal: /.test(beginning)) this.#begin(body);
    else this.#note(body);
  }

  #begin(body: string): void {
    this.end();
    this.#error = [body];
  }

  /** Tells an error that was last. */
  end(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) this.tell({ kind: 'error', text: error.join('\n') });
  }

  #note(own: string): void {
    this.end();
    const ignored = /^warning: errors ignored on restore: (\d+)$/.exec(own)?.[1];
    const started =
      /^launching item \d+ (.+)$/.exec(own)?.[1] ?? /^(?:processing data for|creating) (.+)$/.exec(own)?.[1];
    const finished = /^finished item \d+ (.+)$/.exec(own)?.[1];
    if (ignored !== undefined) this.tell({ kind: 'ignored', count: Number(ignored) });
    else if (finished !== undefined) this.tell({ kind: 'item-finished', item: finished });
    else if (started !== undefined) this.tell({ kind: 'item-started', item: started });
  }
}
