import { sha256 } from './json.js';

/** `prev` of the first line. */
export const chainStart = '0'.repeat(64);

const shape = /^\{"seq":(\d+),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})",(.+)\}$/s;

/**
 * One journal line, newline included. The hash covers every byte of the line but its own 64 characters, so that a change
 * that JSON would not notice (a blank, the order of members) is noticed too.
 */
export function encodeLine(seq: number, prev: string, members: object): { line: string; hash: string } {
  const start = `{"seq":${String(seq)},"prev":"${prev}",`;
  const rest = JSON.stringify(members).slice(1);
  const hash = sha256(start + rest);
  return { line: `${start}"hash":"${hash}",${rest}\n`, hash };
}

/** What is wrong with a line (given without its newline), or undefined. */
export function findLineFault(line: string, seq: number, prev: string): string | undefined {
  const match = shape.exec(line);
  if (match === null) return 'it is not a journal record';
  const [, number = '', link = '', hash = '', rest = ''] = match;
  if (sha256(`{"seq":${number},"prev":"${link}",${rest}}`) !== hash)
    return 'its hash does not match its content';
  if (number !== String(seq)) return `its number is ${number} where ${String(seq)} is due`;
  if (link !== prev) return 'it does not continue the line before it';
  return undefined;
}
