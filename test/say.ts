/** Prints a line at once: a campaign takes long, and vitest keeps what a test prints until it ends. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What a move that ended well has cost; `downtime` as the program measured it. */
export function sayMove(
  name: string,
  {
    comparisons,
    downtimeMilliseconds,
  }: { comparisons: readonly unknown[]; downtimeMilliseconds: number | null },
): void {
  say(`${name}: ${comparisons.length} comparisons match, writes lost 0, downtime ${downtimeMilliseconds} ms`);
}
