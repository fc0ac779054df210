import type { PlanIo, StepIo } from '../pipeline/step.js';
import type { ServerRef } from './refs.js';

export interface Quiet {
  /** `default_transaction_read_only` of the database before; null when it was not set. */
  readonly previousDefaultReadOnly: string | null;
  readonly sessionsEnded: number;
  /** Write-ahead log position once nobody writes any more. */
  readonly lsn: string;
}

/** The database half of pausing writers. Every change goes through `io.mutate`, with the old value in the intent. */
export interface DatabaseQuiescer {
  /** Makes the database read-only, ends the other sessions and proves that nobody writes. Safe to call again. */
  pause(io: StepIo, server: ServerRef): Promise<Quiet>;
  /** Sets back what the intents of `io` say was there before. Safe to call again, and when nothing was changed. */
  resume(io: StepIo, server: ServerRef): Promise<void>;
  /** Reads only. */
  isPaused(io: PlanIo, server: ServerRef): Promise<boolean>;
}
