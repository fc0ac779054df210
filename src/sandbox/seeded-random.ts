/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hexDigits = '0123456789abcdef';
const alphanumerics = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** `length` characters, lower-case hex unless another alphabet is given. */
export function randomText(random: () => number, length: number, alphabet = hexDigits): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}

/** The shape of a resource id as EC2 makes it, e.g. `sg-0a1b2c3d4e5f60718`. */
export function resourceId(prefix: string, random: () => number): string {
  return `${prefix}-0${randomText(random, 16)}`;
}

/** The six characters that Secrets Manager puts behind a name. */
export function arnSuffix(random: () => number): string {
  return randomText(random, 6, alphanumerics);
}

/** A version 4 UUID. */
export function randomUuid(random: () => number): string {
  const hex = randomText(random, 30);
  const variant = hexDigits.charAt(8 + Math.floor(random() * 4));
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(12, 15)}`,
    `${variant}${hex.slice(15, 18)}`,
    hex.slice(18, 30),
  ].join('-');
}
