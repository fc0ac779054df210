import { isScalar, type Pair, type YAMLMap } from 'yaml';

/** A piece of a text, from `start` to before `end`, and what stands there instead. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a node of a parsed template begins and ends in its text. */
export function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as { range?: readonly [number, number, number] | null } | undefined)?.range;
  if (range === undefined || range === null)
    throw new Error('a node of a parsed template has no place in the text');
  return [range[0], range[1]];
}

/**
 * From the end to the beginning, so that places stay true. Of two insertions at one place, the first stands first; a
 * cut that begins where something is inserted is made before.
 */
export function applySplices(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .reverse()
    .sort((left, right) => right.start - left.start || right.end - left.end)
    .reduce(
      (edited, { start, end, text: piece }) => edited.slice(0, start) + piece + edited.slice(end),
      text,
    );
}

/** Adds `key: value` to a map as a line of its own, or in its own syntax where the map is written in one line. */
export function insertPair(text: string, map: YAMLMap, key: string, value: string): Splice {
  const first = map.items[0];
  if (map.flow === true) {
    const start = first === undefined ? rangeOf(map)[0] + 1 : rangeOf(first.key)[0];
    return insertInFlow(text, start, `"${key}": ${value}`, first !== undefined);
  }
  const begin = rangeOf(first?.key)[0];
  const indentation = text.slice(text.lastIndexOf('\n', begin - 1) + 1, begin).replace(/[^ ]/g, ' ');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  // Behind a line that is a key and a plain value: a comment above the first key stays with its key.
  const line = map.items.find((pair) => isScalar(pair.value) && isOneLine(text, pair));
  const end = line === undefined ? -1 : text.indexOf('\n', rangeOf(line.value)[1]);
  if (end === -1) return { start: begin, end: begin, text: `${key}: ${value}${eol}${indentation}` };
  return { start: end + 1, end: end + 1, text: `${indentation}${key}: ${value}${eol}` };
}

/** Behind the brace; JSON that is spread over lines stays so. */
function insertInFlow(text: string, start: number, pair: string, more: boolean): Splice {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const isSpread = more && /^\s*$/.test(before) && lineStart > 0;
  return { start, end: start, text: `${pair}${more ? (isSpread ? `,\n${before}` : ', ') : ''}` };
}

function isOneLine(text: string, pair: Pair): boolean {
  return !text.slice(rangeOf(pair.key)[0], rangeOf(pair.value)[1]).includes('\n');
}

/** Cuts pairs out of a map with the lines or the commas that belong to them. Names it does not have are passed over. */
export function cutPairs(text: string, map: YAMLMap, keys: readonly string[]): Splice[] {
  const isCut = map.items.map((pair) => isScalar(pair.key) && keys.includes(String(pair.key.value)));
  if (map.flow !== true)
    return map.items.filter((_, index) => isCut[index]).map((pair) => cutLines(text, pair));
  return runsOf(isCut).map(([from, to]) => cutInFlow(map, from, to));
}

function cutLines(text: string, pair: Pair): Splice {
  const [keyStart] = rangeOf(pair.key);
  const start = text.lastIndexOf('\n', keyStart - 1) + 1;
  let end = pair.value === null ? rangeOf(pair.key)[1] : rangeOf(pair.value)[1];
  while (end > keyStart && /\s/.test(text.charAt(end - 1))) end -= 1;
  const eol = text.indexOf('\n', end);
  return { start, end: eol === -1 ? text.length : eol + 1, text: '' };
}

function cutInFlow(map: YAMLMap, from: number, to: number): Splice {
  const next = map.items[to + 1];
  const last = map.items[to];
  if (next !== undefined)
    return { start: rangeOf(map.items[from]?.key)[0], end: rangeOf(next.key)[0], text: '' };
  const previous = map.items[from - 1];
  const start = previous === undefined ? rangeOf(map.items[from]?.key)[0] : rangeOf(previous.value)[1];
  return { start, end: rangeOf(last?.value)[1], text: '' };
}

/** [1, 3] for each stretch of neighbours that are all true. */
function runsOf(flags: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = [];
  flags.forEach((flag, index) => {
    const open = runs.at(-1);
    if (!flag) return;
    if (open?.[1] === index - 1) open[1] = index;
    else runs.push([index, index]);
  });
  return runs;
}
