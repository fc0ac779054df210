import { expectExit, type Ended, type World } from '../e2e/harness.js';

/** Before and after each of these calls, `<step>/<call>`. */
export function around(...calls: readonly string[]): string[] {
  return calls.flatMap((call) => ['before-call', 'after-call'].map((phase) => `${call}#1:${phase}`));
}

export interface Relay {
  /** Where to be killed, each place once. */
  readonly points: readonly string[];
  readonly begin: readonly string[];
  /** What goes on after a kill. */
  readonly goOn: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Stops after this kill instead of going on. */
  readonly last?: string;
}

/** Begins, and goes on after each kill, until a process ends by itself. */
export async function runThrough(
  world: World,
  { points, begin, goOn, env = {}, last }: Relay,
): Promise<{ readonly killed: readonly string[]; readonly ended: Ended }> {
  const killed: string[] = [];
  for (;;) {
    const RDS2AURORA_CRASH_AT = points.filter((point) => !killed.includes(point)).join(',');
    const words = killed.length === 0 ? begin : goOn;
    const ended = await world.cli(words, { env: { ...env, RDS2AURORA_CRASH_AT } });
    const [, point] = /^killed at (.+)$/m.exec(ended.stderr) ?? [];
    if (ended.signal !== 'SIGKILL' || point === undefined) expectExit(ended, 0);
    else {
      killed.push(point);
      process.stderr.write(`killed at ${point}\n`);
      if (point !== last) continue;
    }
    process.stderr.write(`${begin[0] ?? ''}: killed at ${killed.length} of ${points.length} points\n`);
    return { killed, ended };
  }
}
