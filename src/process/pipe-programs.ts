import { MigrationError } from '../errors.js';
import { findConnectionFailure } from './client-failure.js';
import { startProgram } from './start-program.js';
import type { Program } from './start-program.js';

export interface Pipe {
  readonly from: Program;
  readonly to: Program;
  readonly signal: AbortSignal;
  /** Each line that `to` writes, as it comes. */
  readonly heard: (line: string) => void;
}

export interface PipeEnd {
  readonly exitCode: number;
  /** The last lines of stderr. */
  readonly tail: readonly string[];
}

/** The exit code that is told for a program that a signal has ended. */
const endedBySignal = 128;
/** stderr of each program that is kept. */
const keptLines = 200;

/**
 * Runs two programs, the output of the first going to the second: not through this process, which would copy every byte
 * twice. But it holds the same end of the pipe as the first, so that the second gets no end of input unless the first has
 * ended well: it is killed instead, since a COPY in text form cannot tell a stream that was cut off from one that is over.
 */
export async function pipePrograms(pipe: Pipe): Promise<{ readonly from: PipeEnd; readonly to: PipeEnd }> {
  pipe.signal.throwIfAborted();
  const stop = new AbortController();
  const cancelSignal = AbortSignal.any([pipe.signal, stop.signal]);
  const to = startProgram(pipe.to, { stdin: 'pipe', stdout: 'pipe' }, cancelSignal);
  const from = startProgram(pipe.from, { stdin: 'ignore', stdout: to.stdin ?? 'ignore' }, cancelSignal);
  const [fromEnd, toEnd] = [endOf(pipe.from, from), endOf(pipe.to, to, pipe.heard)];
  // Whichever ends badly ends the other.
  void to.then(({ exitCode }) => (exitCode === 0 ? undefined : stop.abort()));
  try {
    if ((await fromEnd).exitCode === 0) to.stdin?.end();
    else stop.abort();
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

/** How a program ends. Its lines of stdout are read for whoever hears them, and left alone otherwise. */
export async function endOf(
  program: Program,
  child: Child,
  heard?: (line: string) => void,
): Promise<PipeEnd> {
  const tail: string[] = [];
  const keep = (line: string): void => {
    heard?.(line);
    tail.push(line);
    if (tail.length > keptLines) tail.shift();
  };
  const reading = [readLines(child, 'stderr', keep)];
  if (heard !== undefined) reading.push(readLines(child, 'stdout', heard));
  const [result] = await Promise.all([child, ...reading]);
  if (result.exitCode !== undefined) return { exitCode: result.exitCode, tail };
  const name = program.file.split('/').at(-1) ?? program.file;
  // Ended by us, since the other one had failed, or by the system.
  if (result.signal !== undefined)
    return { exitCode: endedBySignal, tail: [...tail, `${name} was ended by ${result.signal}`] };
  throw new MigrationError(
    'ClientNotStarted',
    `${name} could not be started: ${result.originalMessage ?? ''}`,
    {
      resource: program.file,
    },
  );
}

/** What cannot be read any more has been told by the exit code. */
async function readLines(
  child: Child,
  from: 'stdout' | 'stderr',
  heard: (line: string) => void,
): Promise<void> {
  try {
    for await (const line of child.iterable({ from })) heard(line);
  } catch {
    return;
  }
}

/** psql names the file and line of its script, which nobody has. */
const withoutPlace = (line: string): string => line.replace(/^psql:.*?:\d+: /, '');

/** Why a pipe failed: the end that failed by itself, not the one that was ended for it. */
export function pipeFailure(
  ends: { readonly from: PipeEnd; readonly to: PipeEnd },
  what: string,
): MigrationError {
  const both = [ends.to, ends.from];
  const own = both.filter(({ exitCode }) => exitCode !== 0 && exitCode !== endedBySignal);
  const lines = (own.length > 0 ? own : both).flatMap(({ tail }) => tail.map(withoutPlace));
  const told = [/error|fatal/i, /ended by/, /./].map((one) => lines.filter((line) => one.test(line)));
  const text = (told.find((some) => some.length > 0) ?? []).slice(0, 3).join('\n').slice(0, 600);
  const details = { resumable: true };
  return (
    findConnectionFailure(text, { what, stopped: 'CopyInterrupted', details }) ??
    new MigrationError('CopyFailed', `${what} failed: ${text}`, details)
  );
}
