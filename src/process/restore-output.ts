/** What pg_restore says on stderr with `--verbose`, in the order said. */
export type RestoreMessage =
  | { readonly kind: 'item-started'; readonly item: string }
  | { readonly kind: 'item-finished'; readonly item: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'ignored'; readonly count: number };

/**
 * The workers of a parallel restore write what an error begins with piece by piece, so that pieces of two workers get
 * mixed when both fail at once; what was asked of the server and its answer come in one piece.
 */
const mixedError = /^(?:pg_restore:|error: | )*(could not execute query: .*)$/;

/**
 * Reads the lines. An error goes on until the next line that pg_restore begins itself: the server's message and the
 * command it was about may have many lines.
 */
export class RestoreOutput {
  #error: string[] | undefined;

  constructor(private readonly tell: (message: RestoreMessage) => void) {}

  line(text: string): void {
    const query = mixedError.exec(text)?.[1];
    if (query !== undefined) {
      this.end();
      this.#error = [query];
      return;
    }
    const own = /^pg_restore: (?:\[[^\]]*\] )?(.*)$/.exec(text)?.[1];
    if (own === undefined) {
      this.#error?.push(text);
      return;
    }
    this.end();
    if (/^(error|fatal): /.test(own)) this.#error = [own.replace(/^(error|fatal): /, '')];
    else this.#note(own);
  }

  /** Tells an error that was last. */
  end(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) this.tell({ kind: 'error', text: error.join('\n') });
  }

  #note(own: string): void {
    const ignored = /^warning: errors ignored on restore: (\d+)$/.exec(own)?.[1];
    const started =
      /^launching item \d+ (.+)$/.exec(own)?.[1] ?? /^(?:processing data for|creating) (.+)$/.exec(own)?.[1];
    const finished = /^finished item \d+ (.+)$/.exec(own)?.[1];
    if (ignored !== undefined) this.tell({ kind: 'ignored', count: Number(ignored) });
    else if (finished !== undefined) this.tell({ kind: 'item-finished', item: finished });
    else if (started !== undefined) this.tell({ kind: 'item-started', item: started });
  }
}
