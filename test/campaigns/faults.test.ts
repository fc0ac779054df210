import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes, MigrationError } from '../../src/errors.js';
import { seededRandom } from '../../src/sandbox/seeded-random.js';
import type { Engine } from './faults/data-run.js';
import { createFaultWorld, type FaultWorld, type Side } from './faults/fault-world.js';
import { faults, type Fault } from './faults/faults.js';
import { say } from '../say.js';
import { sampleEvenly } from './sample-evenly.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const count = Number(process.env['CAMPAIGN_CASES'] ?? (full ? 300 : 4));
/** CAMPAIGN_CASE asks for cases by their names. */
const wanted = new RegExp(process.env['CAMPAIGN_CASE'] ?? '');
const timeout = full ? 6 * 3_600_000 : 600_000;
/** So that a stall is noticed in seconds; what the program goes by is proven by a test of its own. */
const stall = { limitMs: 5000, everyMs: 1000, lookMs: 4000 };
/** After a fault that is over: more than one only where a connection of the first attempt is still found. */
const mostResumes = 3;
/** Milliseconds: looks, the limit, a client program that does not listen, and libpq's connect_timeout. */
const noticedWithin = 2 * (stall.everyMs + stall.lookMs) + stall.limitMs + 5000 + 15_000;

interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly engine: Engine;
  readonly side: Side;
  /** Where on the way, 0 to 1. */
  readonly at: number;
  readonly random: () => number;
}

function dealCases(): Case[] {
  const random = seededRandom(seed);
  const combined = Object.entries(faults).flatMap(([what, fault]) =>
    (['archive', 'stream'] as const).flatMap((engine) =>
      (['source', 'target'] as const).map((side) => ({ what, fault, engine, side })),
    ),
  );
  const dealt = Array.from({ length: Math.max(count, combined.length) }, (_, index): Case => {
    const { what, ...one } = combined[index % combined.length]!;
    const at = random();
    const name = `${what}, ${one.engine}, ${one.side}, at ${at.toFixed(3)}`;
    return { ...one, name, at, random: seededRandom(seed + index) };
  });
  const asked = dealt.filter(({ name }) => wanted.test(name));
  return sampleEvenly(asked, Math.min(count, asked.length), seed);
}

describe('a move over bad lines and servers', { timeout }, () => {
  let world: FaultWorld;
  let whole: string | undefined;
  /** Bytes of an undisturbed run over each line. */
  const bytes = new Map<string, number>();

  beforeAll(async () => {
    world = await createFaultWorld();
    whole = await world.digest('source');
    for (const engine of ['archive', 'stream'] as const) {
      const before = { source: world.lines.source.bytes(), target: world.lines.target.bytes() };
      const run = await world.begin(engine, { stall });
      expect(await run.go()).toBeUndefined();
      for (const side of ['source', 'target'] as const)
        bytes.set(`${engine} ${side}`, world.lines[side].bytes() - before[side]);
      expect(await world.digest('target')).toBe(whole);
    }
  }, timeout);

  afterAll(() => world.close());

  test('ends whole, or stops where it can be resumed, with the source as it was', async () => {
    const cases = dealCases();
    const totals = { struck: 0, stopped: 0, resumes: 0, failed: 0, slowest: 0 };
    const problems: string[] = [];
    say(`fault campaign: ${cases.length} cases, CAMPAIGN_SEED=${seed}`);
    for (const [index, one] of cases.entries()) {
      const { problem, struck, stops, noticed } = await tryCase(one);
      const resumes = stops.length;
      totals.struck += Number(struck);
      totals.stopped += Number(resumes > 0);
      totals.resumes += resumes;
      totals.slowest = Math.max(totals.slowest, noticed);
      if (problem !== undefined) problems.push(`${one.name}: ${problem}`);
      say(`case ${index + 1} of ${cases.length}: ${one.name}: ${problem ?? 'ok'} (${stops.join('; ')})`);
    }
    say(
      `fault campaign: ${cases.length - problems.length} of ${cases.length} ok, ${totals.struck} struck, ` +
        `${totals.stopped} stopped with exit 9, ${totals.resumes} resumes, slowest stall noticed in ${Math.round(totals.slowest)} ms, CAMPAIGN_SEED=${seed}`,
    );
    expect(problems).toEqual([]);
  });

  async function tryCase({ fault, engine, side, at, random }: Case) {
    const line = world.lines[side];
    const run = await world.begin(engine, { stall });
    let struckAt: number | undefined;
    let pending: Promise<void> = Promise.resolve();
    await fault.begin?.(world, side, random);
    line.after(at * (bytes.get(`${engine} ${side}`) ?? 0), (connection) => {
      struckAt = performance.now();
      pending = Promise.resolve(fault.strike?.({ world, side, line, connection, random }));
    });
    const found = await run.go();
    const noticed =
      fault.kind === 'stall' && found !== undefined && struckAt !== undefined
        ? performance.now() - struckAt
        : 0;
    line.heal();
    const problems: (string | undefined)[] = [findProblem(fault, found)];
    await pending;
    await fault.end?.(world, side);
    if (noticed > noticedWithin) problems.push(`a stall was noticed after ${Math.round(noticed)} ms`);
    const stops = found === undefined ? [] : [nameStop(found)];
    while (!run.isFinished() && !problems.some(Boolean) && stops.length <= mostResumes) {
      const again = await run.go();
      problems.push(findProblem({ kind: 'break' }, again));
      if (again !== undefined) stops.push(nameStop(again));
    }
    if (!run.isFinished()) problems.push('it never came to its end');
    if ((await world.digest('source')) !== whole) problems.push('the source is not what it was');
    if (run.isFinished() && (await world.digest('target')) !== whole)
      problems.push('the target is not the source');
    const problem = problems.find((one) => one !== undefined);
    return { problem, struck: struckAt !== undefined || fault.begin !== undefined, stops, noticed };
  }

  function findProblem({ kind }: Pick<Fault, 'kind'>, error: unknown): string | undefined {
    if (error === undefined) return undefined;
    const said =
      error instanceof MigrationError
        ? `${error.code} (${error.exitCode}): ${error.message}`
        : String(error instanceof Error ? error.stack : error);
    if (kind === 'harmless') return `stopped by what is harmless: ${said}`;
    const isStop = error instanceof MigrationError && error.exitCode === exitCodes.stopped && error.resumable;
    return isStop ? undefined : said;
  }
});

const nameStop = (error: unknown): string =>
  error instanceof MigrationError ? `${error.step ?? ''} ${error.code}` : String(error);
