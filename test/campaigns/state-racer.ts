// A program that opens runs as it is told, a line of JSON each, and says how it went: node state-racer.js [WORKER]
// A run that it has opened stays its own until it is told to go on with it, and it lives until its input ends.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openSharedStore } from '../../src/aws/shared-store.js';
import { InterruptedError, MigrationError } from '../../src/errors.js';
import { parseCrashPoint } from '../../src/journal/crash-point.js';
import { createRun, openRun, type OpenRun, type RunDeps, type SharedState } from '../../src/journal/run.js';
import { makeRunId } from '../../src/journal/runs.js';
import { runPath } from '../../src/pipeline/run-path.js';
import { undoPath } from '../../src/pipeline/undo-path.js';
import { openFileWorld } from '../pipeline/file-world.js';
import { toyPath, type ToyConfig } from '../pipeline/toy-steps.js';
import type { RaceOrder, RaceReply } from './state-race.js';
import { storeBelow } from './store-below.js';

const [worker = ''] = process.argv.slice(2);
const store =
  worker === ''
    ? undefined
    : openSharedStore({
        place: { bucket: 'state', prefix: '' },
        ...{ region: 'us-east-1', version: 'race', worker: new URL(`file://${worker}`) },
      });
let held: { readonly run: OpenRun; readonly order: Extract<RaceOrder, { do: 'open' }> } | undefined;

process.stdout.write('ready\n');
createInterface({ input: process.stdin }).on('line', (line) => {
  void carryOut(JSON.parse(line) as RaceOrder)
    .catch(describeFailure)
    .then((reply: RaceReply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
});

async function carryOut(order: RaceOrder): Promise<RaceReply> {
  if (order.do === 'open') {
    const run = open(order);
    held = { run, order };
    return { did: 'open', run: run.id, epoch: run.epoch };
  }
  if (held === undefined) throw new Error('nothing is open');
  const { run } = held;
  try {
    await goOn(held.order, run);
    return { did: 'go', run: run.id, outcome: run.state().outcome };
  } finally {
    run.close();
    held = undefined;
  }
}

function open(order: Extract<RaceOrder, { do: 'open' }>): OpenRun {
  const deps = depsOf(order);
  if (order.verb === 'resume' || order.verb === 'rollback') return openRun(deps, order.run);
  const { config, steps } = toy(order);
  const plan = { name: 'rag', path: 'toy', steps, config, source: 'here/source', target: 'there' };
  return createRun(deps, { ...plan, id: order.run ?? makeRunId('rag', Math.random) }, Math.random);
}

/** `prepare` is a run that is interrupted after its first step. */
async function goOn(order: Extract<RaceOrder, { do: 'open' }>, run: OpenRun): Promise<void> {
  const abort = new AbortController();
  const { crashPoint } = depsOf(order);
  const context = {
    ...{ run, ...toy(order), signal: abort.signal },
    ...(crashPoint === undefined ? {} : { crashPoint }),
    clock: { now: () => new Date(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() },
    emit: ({ type }: { readonly type: string }) => {
      if (order.verb === 'prepare' && type === 'step-finished') abort.abort(new InterruptedError('SIGINT'));
    },
  };
  if (order.verb === 'rollback') return void (await undoPath(context));
  await runPath(context).catch((error: unknown) => {
    if (!(order.verb === 'prepare' && error instanceof InterruptedError)) throw error;
  });
}

function depsOf({
  root,
  verb,
  race,
  leaseSeconds,
  pauseAt = '',
}: Extract<RaceOrder, { do: 'open' }>): RunDeps {
  const shared: SharedState | undefined =
    store === undefined ? undefined : { store: storeBelow(store, race), leaseSeconds };
  const crashPoint = parseCrashPoint(pauseAt, pauseThisProcess);
  return {
    ...{ root, command: `race ${verb}`, toolVersion: '0.1.0', now: () => new Date() },
    ...(crashPoint === undefined ? {} : { crashPoint }),
    ...(shared === undefined ? {} : { shared }),
  };
}

function toy({ world }: Extract<RaceOrder, { do: 'open' }>) {
  const config: ToyConfig = { prefix: 'toy' };
  return { config, steps: toyPath(openFileWorld(world)) };
}

function pauseThisProcess(): void {
  writeSync(process.stdout.fd, `${JSON.stringify({ did: 'pause' })}\n`);
  process.kill(process.pid, 'SIGSTOP');
}

function describeFailure(error: unknown): RaceReply {
  if (!(error instanceof MigrationError))
    return { did: 'fail', code: 'Bug', exitCode: 70, message: String(error) };
  const { code, exitCode, message } = error;
  return { did: 'fail', code, exitCode, message };
}
