import { seededRandom } from '../../../src/sandbox/seeded-random.js';

/** A password that gives itself away wherever it comes out. */
export interface Canary {
  readonly password: string;
  /** The middle of it: letters and digits, which no quoting changes. */
  readonly mark: string;
}

/** Forms in which a text can hide another, by name. */
const forms: Readonly<Record<string, (mark: string) => readonly string[]>> = {
  // Also what is URL-encoded, or quoted for JSON, YAML, HTML, SQL, a shell, a connection string or a password file.
  plain: (mark) => [mark],
  base64: (mark) => [0, 1, 2].map((shift) => inBase64(mark, shift)),
  hex: (mark) => ['', ' ', ':'].map((between) => [...Buffer.from(mark)].map(toHex).join(between)),
  'list of bytes': (mark) => [',', ', '].map((between) => [...Buffer.from(mark)].join(between)),
  utf16: (mark) => [Array.from(mark).join('\0')],
  reversed: (mark) => [Array.from(mark).reverse().join('')],
};

/** @param around what comes before and after the mark */
export function makeCanary(seed: number, around: readonly [string, string]): Canary {
  const random = seededRandom(seed);
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
  const mark = Array.from({ length: 14 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  return { password: `${around[0]}${mark}${around[1]}`, mark };
}

/** Forms in which the canary is in a text. */
export function findForms({ mark }: Canary, text: string): string[] {
  const lower = text.toLowerCase();
  return Object.entries(forms).flatMap(([name, make]) =>
    make(mark).some((one) => (name === 'hex' ? lower.includes(one) : text.includes(one))) ? [name] : [],
  );
}

/** The characters that depend on the mark alone, wherever in a longer text it begins. */
function inBase64(mark: string, shift: number): string {
  const text = Buffer.from(`${'x'.repeat(shift)}${mark}`).toString('base64');
  return text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + mark.length) * 8) / 6));
}

const toHex = (byte: number): string => byte.toString(16).padStart(2, '0');
