/**
 * The lines that two texts do not share, in order, each with `- ` or `+ ` in front: what a person is shown before an
 * edited template is used.
 */
export function differenceOf(before: string, after: string): string[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(left.length, right.length) && left[head] === right[head]) head += 1;
  let tail = 0;
  const room = Math.min(left.length, right.length) - head;
  while (tail < room && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return between(left.slice(head, left.length - tail), right.slice(head, right.length - tail));
}

/** By the longest common subsequence; what is left between head and tail is short. */
function between(left: readonly string[], right: readonly string[]): string[] {
  const longest = lengths(left, right);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      i += 1;
      j += 1;
    } else if (j >= right.length || (i < left.length && at(longest, i + 1, j) >= at(longest, i, j + 1)))
      lines.push(`- ${left[i++] ?? ''}`);
    else lines.push(`+ ${right[j++] ?? ''}`);
  }
  return lines.map((line) => line.trimEnd());
}

function lengths(left: readonly string[], right: readonly string[]): number[][] {
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      if (row === undefined) continue;
      row[j] =
        left[i] === right[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  return table;
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
