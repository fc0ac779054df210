import type { Session } from '../../../src/postgres/session.js';

/** One single change to a database, of which the comparison must say where it is. */
export interface Mutation {
  /** For the count: changes of one kind are alike. */
  readonly kind: string;
  readonly sql: string;
  /** Begins with this: an item of the comparison that must not match. */
  readonly place: string;
  /** Set where a rollback does not take the change back; committed, like the change itself. */
  readonly undo?: string;
  /** Made by the superuser: what only damage does, and no user. */
  readonly asSuperuser?: boolean;
}

export type Random = () => number;

/** All changes of some kinds that can be made to this database. */
export type MutationFinder = (session: Session, random: Random) => Promise<readonly Mutation[]>;

export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const drawn = items.map((item) => ({ item, at: random() }));
  return drawn.sort((one, other) => one.at - other.at).map(({ item }) => item);
}

/** The first of every kind, then the others, each in the order given. */
export function firstOfKinds(mutations: readonly Mutation[]): Mutation[] {
  const first = new Map(mutations.toReversed().map((one) => [one.kind, one]));
  const heads = mutations.filter((one) => first.get(one.kind) === one);
  return [...heads, ...mutations.filter((one) => first.get(one.kind) !== one)];
}
