import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';
import { VerifyError } from '../../src/errors.js';
import { canonicalJson, toJson, type JsonValue } from '../../src/journal/json.js';
import { inputsFrom } from '../../src/pipeline/inputs.js';
import type { Inputs } from '../../src/pipeline/step.js';
import {
  openAttempt,
  openLawJournal,
  type Accident,
  type Attempt,
  type IoOptions,
  type LawJournal,
  type LawWorld,
  type MakeWorld,
} from './law-io.js';

export type { LawWorld, MakeWorld } from './law-io.js';

/** A rule that every step keeps. `check` throws when the step breaks it. */
export interface StepLaw {
  readonly name: string;
  check<Config>(make: MakeWorld<Config>): Promise<void>;
}

/** Steps that are made in two ways under one id: what the laws of the other way are called, and the id. */
export const otherMakings: Readonly<Record<string, string>> = {
  'dump-definitions': 'dump-database',
  'validate-fresh-target': 'validate-target',
};

/**
 * Registers one test for each law. test/laws/every-step.test.ts finds the calls by their first word, so that no step goes
 * without.
 * @param name the step's id, or what `otherMakings` calls it; after a comma, in which world
 * @param options.except laws that this step may break, each with the reason; the reason shows in the test's name
 */
export function describeStepLaws<Config>(
  name: string,
  make: MakeWorld<Config>,
  options: { readonly except?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): void {
  const { except = {}, timeoutMs = 30_000 } = options;
  const unknown = Object.keys(except).filter((law) => !stepLaws.some((known) => known.name === law));
  if (unknown.length > 0) throw new Error(`no such law: ${unknown.join(', ')}`);
  describe(`the laws of steps hold for ${name}`, () => {
    for (const law of stepLaws) {
      const reason = except[law.name];
      if (reason !== undefined) test.skip(`${law.name} (not for this step: ${reason})`);
      else test(law.name, { timeout: timeoutMs }, () => law.check(() => makeOf(name, make)));
    }
  });
}

/** @throws Error when the laws of one step are about to be held against another */
export async function makeOf<Config>(name: string, make: MakeWorld<Config>): Promise<LawWorld<Config>> {
  const world = await make();
  const [step = ''] = name.split(',');
  if (world.step.id === (otherMakings[step] ?? step)) return world;
  throw new Error(`the laws of ${step} were given the step ${world.step.id}`);
}

const accidents: readonly Accident[] = ['before-call', 'after-call', 'after-effect'];

export const stepLaws: readonly StepLaw[] = [
  law('plan changes nothing', async (make) => {
    await withWorld(make, async (world) => {
      const before = await picture(world);
      const { io } = openAttempt(world, openLawJournal());
      await world.step.plan(io, { config: world.config, runId: io.runId });
      expectSame('the world after plan', await picture(world), before);
    });
  }),
  law('what run has made, verify confirms, and verifying changes nothing', async (make) => {
    await withWorld(make, async (world) => {
      const output = await runOnce(world);
      const before = await picture(world);
      await verify(world, output);
      expectSame('the world after verify', await picture(world), before);
    });
  }),
  law('a second run gives the same output and changes nothing', async (make) => {
    await withWorld(make, async (world) => {
      const journal = openLawJournal();
      const first = await runOnce(world, journal);
      const before = await picture(world);
      const second = await runOnce(world, journal);
      expectSame('the output', compared(world, second), compared(world, first));
      expectSame('the world', await picture(world), before);
    });
  }),
  law('a run killed around any call and begun again comes to the same end', async (make) => {
    const undisturbed = await withWorld(make, observeRun);
    for (const accident of accidents) {
      for (let call = 1; call <= undisturbed.calls; call += 1) {
        await withWorld(make, async (world) => {
          const journal = openLawJournal();
          await runKilled(world, journal, { crash: { accident, call } });
          const output = await runOnce(world, journal);
          const where = `after a kill ${accident} ${String(call)}`;
          expectSame(`the output ${where}`, compared(world, output), undisturbed.output);
          expectSame(`the world ${where}`, await state(world), undisturbed.state);
          await verify(world, output);
        });
      }
    }
  }),
  law('undo brings back what was there before, and a second undo changes nothing', async (make) => {
    await withWorld(make, async (world) => {
      if (world.step.reversal.kind !== 'undo') return;
      const before = await state(world);
      const journal = openLawJournal();
      const output = await runOnce(world, journal);
      await undo(world, journal, output);
      expectSame('the world after undo', await state(world), before);
      const undone = await picture(world);
      await undo(world, journal, output);
      expectSame('the world after a second undo', await picture(world), undone);
    });
  }),
  law('undo without output takes back a run that was killed around any call', async (make) => {
    const { calls } = await withWorld(make, observeRun);
    for (const accident of accidents) {
      for (let call = 0; call <= calls; call += 1) {
        await withWorld(make, async (world) => {
          if (world.step.reversal.kind !== 'undo') return;
          const before = await state(world);
          const journal = openLawJournal();
          if (call > 0) await runKilled(world, journal, { crash: { accident, call } });
          await undo(world, journal, undefined);
          expectSame(
            `the world after a kill ${accident} ${String(call)} and undo`,
            await state(world),
            before,
          );
        });
      }
    }
  }),
  law('an undo killed around any call and begun again comes to the same end', async (make) => {
    const calls = await withWorld(make, async (world) => {
      const journal = openLawJournal();
      const output = await runOnce(world, journal);
      return (await undo(world, journal, output)).calls();
    });
    for (const accident of accidents) {
      for (let call = 1; call <= calls; call += 1) {
        await withWorld(make, async (world) => {
          const before = await state(world);
          const journal = openLawJournal();
          const output = await runOnce(world, journal);
          await undo(world, journal, output, { crash: { accident, call } });
          await undo(world, journal, output);
          expectSame(
            `the world after an undo killed ${accident} ${String(call)}`,
            await state(world),
            before,
          );
        });
      }
    }
  }),
  law('verify throws a VerifyError when the world was tampered with', async (make) => {
    await withWorld(make, async (world) => {
      if (world.tamper === undefined) return;
      const output = await runOnce(world);
      await world.tamper();
      const outcome = await verify(world, output).then(
        () => 'nothing',
        (error: unknown) => (error instanceof VerifyError ? 'VerifyError' : String(error)),
      );
      expectSame('what verify threw', outcome, 'VerifyError');
    });
  }),
  law('the output survives a trip through JSON', async (make) => {
    await withWorld(make, async (world) => {
      // Sealing takes the trip: what the codec does not read back is thrown there.
      const output = await runOnce(world);
      expectSame('the output', JSON.parse(JSON.stringify(output)), output);
    });
  }),
  law('Ctrl-C ends the step after the call under way, and the run can be resumed', async (make) => {
    const undisturbed = await withWorld(make, observeRun);
    for (let call = 0; call <= undisturbed.calls; call += 1) {
      await withWorld(make, async (world) => {
        const journal = openLawJournal();
        const attempt = openAttempt(world, journal, { abortDuring: call });
        const ended = await settled(world.step.run(attempt.io, inputs(world)));
        const where = `after Ctrl-C during call ${String(call)}`;
        if (attempt.calls() > call) throw new Error(`the step made a further call ${where}`);
        if (ended && call < undisturbed.calls) throw new Error(`the step claims to have finished ${where}`);
        const output = await runOnce(world, journal);
        expectSame(`the output ${where}`, compared(world, output), undisturbed.output);
        expectSame(`the world ${where}`, await state(world), undisturbed.state);
      });
    }
  }),
  law('every change is announced by an intent', async (make) => {
    await withWorld(make, async (world) => {
      const attempt = openAttempt(world, openLawJournal());
      // Calls that do nothing, to have the changes counted at both ends.
      await attempt.io.mutate({ call: 'law:Begin', key: 'law' }, () => Promise.resolve());
      await world.step.run(attempt.io, inputs(world));
      await attempt.io.mutate({ call: 'law:End', key: 'law' }, () => Promise.resolve());
      expectSame('changes without an intent', attempt.unannounced, []);
    });
  }),
  law('no secret is told to journal, events or output', async (make) => {
    await withWorld(make, async (world) => {
      const journal = openLawJournal();
      const { io } = openAttempt(world, journal);
      await world.step.plan(io, { config: world.config, runId: io.runId });
      const output = await runOnce(world, journal);
      if (world.step.reversal.kind === 'undo') {
        const { io } = openAttempt(world, journal);
        journal.said.push(...world.step.undoNote(inputs(world), { output, intents: io.intents() }));
        await undo(world, journal, output);
      }
      const told = [...journal.said, JSON.stringify(output)].join('\n');
      expectSame(
        'secrets told',
        (world.canaries ?? []).flatMap((canary) => findForms(canary, told)),
        [],
      );
    });
  }),
  law('undo tells how to do it by hand, in commands that can be pasted', async (make) => {
    const { calls } = await withWorld(make, observeRun);
    for (let call = 0; call <= calls; call += 1) {
      await withWorld(make, async (world) => {
        if (world.step.reversal.kind === 'nothing-to-undo') return;
        const journal = openLawJournal();
        // What a step tells that was killed around its calls, what it tells when it has finished, and what its plan does.
        if (call > 0) await runKilled(world, journal, { crash: { accident: 'after-effect', call } });
        else expectPasteable(world.step.undoNote(inputs(world)));
        const output = call < calls ? undefined : await runOnce(world, journal);
        const intents = openAttempt(world, journal).io.intents();
        const lines = world.step.undoNote(inputs(world), { output, intents });
        expectPasteable(lines);
        if (output !== undefined && lines.length === 0) throw new Error('the note of undo is empty');
      });
    }
  }),
];

function law(name: string, check: StepLaw['check']): StepLaw {
  return {
    name,
    check: async (make) => {
      try {
        await check(make);
      } catch (error) {
        throw new Error(`law broken: ${name}: ${String(error)}`, { cause: error });
      }
    },
  };
}

async function withWorld<Config, T>(
  make: MakeWorld<Config>,
  use: (world: LawWorld<Config>) => Promise<T>,
): Promise<T> {
  const world = await make();
  try {
    return await use(world);
  } finally {
    await world.close?.();
  }
}

function inputs<Config>(world: LawWorld<Config>): Inputs<Config> {
  return inputsFrom(world.config, world.runId ?? 'law-000000', (id) => {
    const output = world.earlier?.[id];
    return output === undefined ? undefined : toJson(output);
  });
}

function runOnce<Config>(
  world: LawWorld<Config>,
  journal: LawJournal = openLawJournal(),
): Promise<JsonValue> {
  return world.step.run(openAttempt(world, journal).io, inputs(world));
}

async function runKilled<Config>(
  world: LawWorld<Config>,
  journal: LawJournal,
  options: IoOptions,
): Promise<void> {
  const attempt = openAttempt(world, journal, options);
  const end = await Promise.race([attempt.killed, world.step.run(attempt.io, inputs(world))]);
  if (end !== 'killed') throw new Error('the step makes other calls in another world of the same making');
}

function verify<Config>(world: LawWorld<Config>, output: JsonValue): Promise<void> {
  return world.step.verify(openAttempt(world, openLawJournal()).io, inputs(world), output);
}

async function undo<Config>(
  world: LawWorld<Config>,
  journal: LawJournal,
  output: JsonValue | undefined,
  options: IoOptions = {},
): Promise<Attempt> {
  const attempt = openAttempt(world, journal, options);
  await Promise.race([attempt.killed, world.step.undo(attempt.io, inputs(world), output)]);
  return attempt;
}

async function observeRun<Config>(world: LawWorld<Config>) {
  const attempt = openAttempt(world, openLawJournal());
  const output = await world.step.run(attempt.io, inputs(world));
  return { calls: attempt.calls(), output: compared(world, output), state: await state(world) };
}

function compared<Config>(world: LawWorld<Config>, output: JsonValue): unknown {
  return world.comparable === undefined ? output : world.comparable(output);
}

/** Copied at once: a world may hand out what it goes on changing. */
async function state<Config>(world: LawWorld<Config>): Promise<JsonValue> {
  return toJson(await world.snapshot());
}

/** The state and everything that led to it. */
async function picture<Config>(world: LawWorld<Config>): Promise<JsonValue> {
  return { state: await state(world), changes: toJson(await world.mutations()) };
}

function settled(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [is, should] = [actual, expected].map((value) => canonicalJson(toJson(value)));
  if (is !== should) throw new Error(`${what} is ${String(is)} and should be ${String(should)}`);
}

/** The forms a secret may hide in: as it is, in JSON, in a URL, in base64, in hex. */
function findForms(canary: string, text: string): string[] {
  const bytes = Buffer.from(canary);
  const forms = {
    plain: canary,
    json: JSON.stringify(canary).slice(1, -1),
    url: encodeURIComponent(canary),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    hex: bytes.toString('hex'),
  };
  return Object.entries(forms).flatMap(([name, form]) => (text.includes(form) ? [name] : []));
}

/** Words that stand for something that a person would have to find out. */
const placeholder = /\b(N|OLD|NEW|NAME|VALUE|ID|SNAPSHOT|STACK|TEMPLATE|CLUSTER|INSTANCE)\b|…|\.\.\.|<\w/;
const programs = /^(aws|psql|jq|rm|if|\[) /;

/** One line is one command, or a remark. */
function expectPasteable(lines: readonly string[]): void {
  const bad = lines.filter(
    (line) =>
      !line.startsWith('# ') &&
      (!programs.test(line) ||
        placeholder.test(line) ||
        line.includes('\n') ||
        spawnSync('bash', ['-n', '-c', line]).status !== 0),
  );
  expectSame('what cannot be pasted into a shell', bad, []);
}
