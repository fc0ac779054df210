import { exitCodes, InterruptedError, type ErrorDetails } from '../errors.js';

/** The name of the signal that aborted; Ctrl-C unless the reason says otherwise. */
export function nameSignal(signal: AbortSignal): 'SIGINT' | 'SIGTERM' {
  const reason: unknown = signal.reason;
  if (reason === 'SIGTERM') return 'SIGTERM';
  return reason instanceof InterruptedError && reason.exitCode === exitCodes.terminated
    ? 'SIGTERM'
    : 'SIGINT';
}

/** A fresh error for an aborted signal, so that what is added to it does not show elsewhere. */
export function interruptionOf(signal: AbortSignal, details: ErrorDetails = {}): InterruptedError {
  return new InterruptedError(nameSignal(signal), details);
}
