/** The candidate that a slip of the hand most likely meant, if any is near enough. */
export function findNearest(typed: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance);
  return ranked[0]?.candidate;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  const rows: number[][] = [[...Array(right.length + 1).keys()]];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const replaced = at(row - 1, column - 1) + (same ? 0 : 1);
      const nearest = Math.min(replaced, at(row - 1, column) + 1, at(row, column - 1) + 1);
      current.push(swapped ? Math.min(nearest, at(row - 2, column - 2) + 1) : nearest);
    }
  }
  return at(left.length, right.length);
}
