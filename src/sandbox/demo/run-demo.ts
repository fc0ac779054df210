import type { DemoResult } from './demo-result.js';
import { createDemoWorld, fillWorld, type DemoWorld, type WorldOptions } from './demo-world.js';
import { measureMove, readSource } from './measure-move.js';
import { runProduct } from './run-product.js';

export interface DemoOptions extends WorldOptions {
  /** Of the calling process; the tool is run with it and with the sandbox's own variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The tool did not do what it was asked to. */
export class DemoFailedError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number,
  ) {
    super(`${command} ended with exit code ${String(exitCode)}`);
  }
}

/**
 * The whole story in one command: a sandbox with a RAG application that writes all the time, the tool moving its
 * database, and what came of it. Whatever happens, nothing is left behind.
 * @throws DemoFailedError when the tool fails; the reason of `signal` when it is aborted.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const started = Date.now();
  options.log('starting a local AWS');
  const world = await createDemoWorld(options);
  try {
    const measured = await Promise.race([tellStory(world, options), whenAborted(options.signal)]);
    return { ...measured, speed: options.speed, elapsedMs: Date.now() - started };
  } finally {
    options.log('cleaning up');
    await world.end();
  }
}

async function tellStory(world: DemoWorld, options: DemoOptions): ReturnType<typeof measureMove> {
  const { log, signal } = options;
  await fillWorld(world, options, signal);
  const source = await readSource(world);
  await runTool(world, options, ['plan', 'dump-restore']);
  await runTool(world, options, ['migrate', 'dump-restore', '--yes']);
  log('measuring what the application saw');
  return measureMove(world, source, signal);
}

async function runTool(world: DemoWorld, options: DemoOptions, args: readonly string[]): Promise<void> {
  const command = `rds2aurora ${args.join(' ')}`;
  options.log(`\n$ ${command}`);
  // A profile of the user would win over the sandbox's access key.
  const environment = { ...options.environment, AWS_PROFILE: undefined, ...world.sandbox.env };
  const exitCode = await runProduct({ args, directory: world.project, environment }, options.signal);
  options.signal.throwIfAborted();
  if (exitCode !== 0) throw new DemoFailedError(command, exitCode);
}

/** The tool is given time to come to its own end before the sandbox is taken from under it. */
const lastWordsMs = 5_000;

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => {
      setTimeout(() => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      }, lastWordsMs).unref();
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
