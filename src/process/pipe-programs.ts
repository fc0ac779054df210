import { pipeline } from 'node:stream/promises';
import { MigrationError } from '../errors.js';
import { findConnectionFailure } from './client-failure.js';
import { startProgram } from './start-program.js';
import type { Program } from './start-program.js';

export interface Pipe {
  readonly from: Program;
  readonly to: Program;
  readonly signal: AbortSignal;
  /** Called when `from` has ended well and all it wrote is handed over, before `to` is told that this was all. */
  readonly complete: () => Promise<void>;
  /** Bytes handed over so far. */
  readonly moved: (bytes: number) => void;
}

export interface PipeEnd {
  readonly exitCode: number;
  /** The last lines of stderr. */
  readonly tail: readonly string[];
}

/** stderr of each program that is kept. */
const keptLines = 200;

/**
 * Runs two programs, the output of the first going to the second. The second gets no end of input unless the first has
 * ended well: it is killed instead, since a COPY in text form cannot tell a stream that was cut off from one that is over.
 */
export async function pipePrograms(pipe: Pipe): Promise<{ readonly from: PipeEnd; readonly to: PipeEnd }> {
  pipe.signal.throwIfAborted();
  const stop = new AbortController();
  const cancelSignal = AbortSignal.any([pipe.signal, stop.signal]);
  const from = startProgram(pipe.from, { stdin: 'ignore', stdout: 'pipe' }, cancelSignal);
  const to = startProgram(pipe.to, { stdin: 'pipe', stdout: 'ignore' }, cancelSignal);
  const handing = handOver(from, to, pipe);
  const [fromEnd, toEnd] = [endOf(pipe.from, from), endOf(pipe.to, to)];
  // Whichever ends badly ends the other.
  void to.then(({ exitCode }) => (exitCode === 0 ? undefined : stop.abort()));
  try {
    await handing;
    if ((await fromEnd).exitCode === 0) {
      await pipe.complete();
      to.stdin?.end();
    } else stop.abort();
  } catch (error) {
    stop.abort();
    await Promise.allSettled([fromEnd, toEnd]);
    throw error;
  } finally {
    await Promise.allSettled([fromEnd, toEnd]);
    pipe.signal.throwIfAborted();
  }
  return { from: await fromEnd, to: await toEnd };
}

type Child = ReturnType<typeof startProgram>;

/** Resolves also when the second program no longer reads: its exit code tells why. */
async function handOver(from: Child, to: Child, { moved }: Pipe): Promise<void> {
  const { stdout } = from;
  const { stdin } = to;
  if (stdout === null || stdin === null) return;
  stdin.on('error', () => undefined);
  let bytes = 0;
  const done = pipeline(stdout, stdin, { end: false });
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    moved(bytes);
  });
  await done.catch(() => undefined);
}

async function endOf(program: Program, child: Child): Promise<PipeEnd> {
  const tail: string[] = [];
  const reading = (async () => {
    for await (const text of child.iterable({ from: 'stderr' })) {
      tail.push(text);
      if (tail.length > keptLines) tail.shift();
    }
  })();
  const [result] = await Promise.all([child, reading.catch(() => undefined)]);
  if (result.exitCode !== undefined) return { exitCode: result.exitCode, tail };
  const name = program.file.split('/').at(-1) ?? program.file;
  // Ended by us, since the other one had failed, or by the system.
  if (result.signal !== undefined)
    return { exitCode: 128, tail: [...tail, `${name} was ended by ${result.signal}`] };
  throw new MigrationError(
    'ClientNotStarted',
    `${name} could not be started: ${result.originalMessage ?? ''}`,
    {
      resource: program.file,
    },
  );
}

/** Why a pipe failed: the end that failed by itself, not the one that was ended for it. */
export function pipeFailure(
  ends: { readonly from: PipeEnd; readonly to: PipeEnd },
  what: string,
): MigrationError {
  const lines = [...ends.to.tail, ...ends.from.tail];
  const told = [/error|fatal/i, /ended by/, /./].map((one) => lines.filter((line) => one.test(line)));
  const text = (told.find((some) => some.length > 0) ?? []).slice(0, 3).join('\n').slice(0, 600);
  const details = { resumable: true };
  return (
    findConnectionFailure(text, { what, stopped: 'CopyInterrupted', details }) ??
    new MigrationError('CopyFailed', `${what} failed: ${text}`, details)
  );
}
