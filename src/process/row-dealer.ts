import type { Writable } from 'node:stream';

/** Gives rows to several sessions, each time to the one that has the fewest waiting, and had the fewest of all. */
export class RowDealer {
  #hands: { readonly input: Writable; waiting: number; had: number }[] = [];

  seat(inputs: readonly Writable[]): void {
    this.#hands = inputs.map((input) => ({ input, waiting: 0, had: 0 }));
  }

  /** @param taken called once the session has them, or has ended */
  give(rows: readonly Buffer[], taken: () => void): void {
    const [hand] = this.#hands.sort((one, other) => one.waiting - other.waiting || one.had - other.had);
    if (hand === undefined) throw new Error('rows came before their COPY');
    hand.waiting += 1;
    hand.had += 1;
    const { input } = hand;
    for (const bytes of rows.slice(0, -1)) input.write(bytes);
    input.write(rows.at(-1) ?? '', () => {
      hand.waiting -= 1;
      taken();
    });
  }
}
