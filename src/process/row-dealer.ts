import type { Writable } from 'node:stream';

/** Pieces of rows that may wait for a session, so that it never waits for this process. */
const ahead = 8;

/** Gives rows to several sessions, each time to the one that has the fewest waiting, and had the fewest of all. */
export class RowDealer {
  readonly #giving = new Set<Promise<void>>();
  #hands: { readonly input: Writable; waiting: number; had: number }[] = [];

  seat(inputs: readonly Writable[]): void {
    this.#hands = inputs.map((input) => ({ input, waiting: 0, had: 0 }));
  }

  /** Waits while all sessions have enough. */
  async give(bytes: Buffer): Promise<void> {
    for (;;) {
      const [hand] = this.#hands.sort((one, other) => one.waiting - other.waiting || one.had - other.had);
      if (hand === undefined) throw new Error('rows came before their COPY');
      if (hand.waiting >= ahead) {
        await Promise.race(this.#giving);
        continue;
      }
      hand.waiting += 1;
      hand.had += 1;
      // Taken, or the program has ended.
      const taken = new Promise<void>((resolve) => hand.input.write(bytes, () => resolve())).then(() => {
        hand.waiting -= 1;
        this.#giving.delete(taken);
      });
      this.#giving.add(taken);
      return;
    }
  }

  async settled(): Promise<void> {
    await Promise.all(this.#giving);
  }
}
