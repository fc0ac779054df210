import { MigrationError, StoppedError } from '../errors.js';
import { startProgram } from './start-program.js';
import type { Program } from './start-program.js';

export interface ClientProgram extends Program {
  readonly signal: AbortSignal;
  /** Each line of stderr as it comes. Throwing ends the program. */
  readonly line: (text: string) => void;
}

/** stderr of a failure that is kept for the error. */
const keptLines = 20;

/** Runs pg_dump or pg_restore without a shell; resolves with its exit code. The child ends with the signal and with us. */
export async function runClientProgram(
  program: ClientProgram,
): Promise<{ exitCode: number; tail: readonly string[] }> {
  program.signal.throwIfAborted();
  const stop = new AbortController();
  const io = { stdin: 'ignore', stdout: 'ignore' } as const;
  const child = startProgram(program, io, AbortSignal.any([program.signal, stop.signal]));
  const tail: string[] = [];
  let failure: Error | undefined;
  const reading = (async () => {
    for await (const text of child.iterable({ from: 'stderr' })) {
      tail.push(text);
      if (tail.length > keptLines) tail.shift();
      if (failure !== undefined) continue;
      try {
        program.line(text);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        stop.abort();
      }
    }
  })();
  const [result] = await Promise.all([child, reading.catch(() => undefined)]);
  if (failure !== undefined) throw failure;
  program.signal.throwIfAborted();
  if (result.exitCode === undefined) throw notRun(program.file, result.signal, result.originalMessage);
  return { exitCode: result.exitCode, tail };
}

function notRun(file: string, signal: string | undefined, message: string | undefined): MigrationError {
  const name = file.split('/').at(-1) ?? file;
  if (signal !== undefined) {
    return new StoppedError('ClientKilled', `${name} was ended by ${signal}`, { resumable: true });
  }
  return new MigrationError('ClientNotStarted', `${name} could not be started: ${message ?? ''}`, {
    resource: file,
  });
}
