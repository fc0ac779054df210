import { setTimeout as sleep } from 'node:timers/promises';
import { ConversationStore, type DatabaseAddress } from './conversation-store.js';
import type { Ledger } from './ledger.js';

export interface ApplicationOptions {
  readonly address: DatabaseAddress;
  readonly ledger: Ledger;
  /** Between two writes, and between two attempts to connect. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  /** Standard output, which ECS carries to the log group. */
  log(line: string): void;
}

/** Writes one message after another until `signal` is aborted; reconnects for as long as it takes. */
export async function runApplication(options: ApplicationOptions): Promise<void> {
  const { signal } = options;
  options.log('Starting production-rag');
  let lastProblem: string | undefined;
  while (!signal.aborted) {
    const problem = await writeUntilItFails(options);
    if (problem !== undefined && problem !== lastProblem) options.log(`ERROR database: ${problem}`);
    lastProblem = problem;
    await pause(options);
  }
  options.log('Stopped');
}

/** @returns what went wrong; undefined when the application was asked to stop. */
async function writeUntilItFails(options: ApplicationOptions): Promise<string | undefined> {
  let store: ConversationStore | undefined;
  try {
    store = await ConversationStore.open(options.address);
    options.log('ConversationStore initialized with PostgreSQL backend');
    options.log('Using PostgreSQL for vector storage');
    while (!options.signal.aborted) {
      const write = await store.addMessage();
      options.ledger.record({ write, at: Date.now() });
      await pause(options);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await store?.close();
  }
}

async function pause({ pauseMs, signal }: ApplicationOptions): Promise<void> {
  // Aborted means: go on at once, and see the signal.
  await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
}
