import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

/** What a racer is told. `prepare` begins a run that is interrupted after its first step. */
export type RaceOrder =
  | {
      readonly do: 'open';
      readonly verb: 'prepare' | 'start' | 'resume' | 'rollback';
      /** Every race has a part of the store, and a world, of its own. */
      readonly race: string;
      readonly root: string;
      readonly world: string;
      readonly leaseSeconds: number;
      /** Default: a new one, or the newest. */
      readonly run?: string;
      /** Where it stops itself by SIGSTOP; see `parseCrashPoint`. */
      readonly pauseAt?: string;
    }
  | { readonly do: 'go' };

export type RaceReply =
  | { readonly did: 'open'; readonly run: string; readonly epoch: number }
  | { readonly did: 'go'; readonly run: string; readonly outcome: string }
  | { readonly did: 'pause' }
  | {
      readonly did: 'fail';
      readonly code: string;
      readonly exitCode: number;
      readonly message: string;
    };

/** A process that takes part in races. */
export interface Racer {
  readonly pid: number;
  readonly child: ChildProcess;
  send(order: RaceOrder): Promise<RaceReply>;
  /** The next that it says, without being told anything. */
  next(): Promise<RaceReply>;
  kill(): Promise<void>;
}

/** Starts `state-racer.ts`, compiled; with a worker it shares its state. */
export async function startRacer(
  program: string,
  worker: string | undefined,
  env: Readonly<Record<string, string>>,
): Promise<Racer> {
  const child = spawn(process.execPath, [program, ...(worker === undefined ? [] : [worker])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('a racer has ended');
    return line.value;
  };
  expect(await read()).toBe('ready');
  const next = async (): Promise<RaceReply> => JSON.parse(await read()) as RaceReply;
  return {
    pid: child.pid ?? 0,
    child,
    next,
    send: (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      return next();
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The process that an error of the lock names. */
export function readHolder(reply: RaceReply): number {
  return reply.did === 'fail' ? Number(/\(process (\d+),/.exec(reply.message)?.[1] ?? 0) : 0;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
