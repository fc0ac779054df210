import { InterruptedError } from '../errors.js';
import { endProcess } from './end-process.js';

type StopSignal = 'SIGINT' | 'SIGTERM';

export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM; its reason is an InterruptedError. */
  readonly signal: AbortSignal;
  /** The signal that came first, if any has come. */
  received(): StopSignal | undefined;
  /** Gives the signals back to Node. Call it when the work is over. */
  dispose(): void;
}

/** What an interrupt needs of its process; tests pass their own. */
export interface InterruptHost {
  on(signal: StopSignal, listener: () => void): void;
  off(signal: StopSignal, listener: () => void): void;
  exit(code: number): void;
}

export interface InterruptOptions {
  /** The command to go on with, when a run is known. */
  resume(): string | undefined;
  /** A line for the person at the terminal. */
  say(line: string): void;
  host?: InterruptHost;
}

const thisProcess: InterruptHost = {
  on: (signal, listener) => process.on(signal, listener),
  off: (signal, listener) => process.off(signal, listener),
  exit: endProcess,
};

/**
 * The first signal asks the run to stop after its current call, the second ends the process at once: the journal is
 * written ahead, so that is safe too. Neither undoes anything.
 */
export function listenForInterrupt(options: InterruptOptions): Interrupt {
  const host = options.host ?? thisProcess;
  const controller = new AbortController();
  let first: StopSignal | undefined;
  const receive = (signal: StopSignal) => {
    if (first !== undefined) return host.exit(exitCodeOf(signal));
    first = signal;
    options.say(stopMessage(signal, options.resume()));
    controller.abort(new InterruptedError(signal, { why: `the process received ${signal}` }));
  };
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const listener = () => receive(signal);
    host.on(signal, listener);
    return () => host.off(signal, listener);
  });
  return {
    signal: controller.signal,
    received: () => first,
    dispose: () => listeners.forEach((remove) => remove()),
  };
}

function exitCodeOf(signal: StopSignal): number {
  return new InterruptedError(signal).exitCode;
}

function stopMessage(signal: StopSignal, resume: string | undefined): string {
  const again = signal === 'SIGINT' ? ' (Ctrl-C again: stop at once)' : '';
  const way = resume === undefined ? '' : `; resume with: ${resume}`;
  return `stopping after the current call; AWS keeps working${way}${again}`;
}
