import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { SharedStore } from '../journal/shared-store.js';
import { StoppedError } from '../errors.js';
import { LeaseClock } from './lease-clock.js';
import type { S3Place } from './s3-objects.js';
import {
  fromPlainError,
  type Numbered,
  type Order,
  type Reply,
  type Result,
  type WorkerSettings,
} from './shared-store-messages.js';

export interface SharedStoreSettings {
  readonly place: S3Place;
  readonly region: string;
  readonly version: string;
  readonly profile?: string;
  /** How long one call may take, with all its retries; 30 s when absent. */
  readonly deadlineMs?: number;
  /** The compiled worker, where it does not lie beside this file. */
  readonly worker?: URL;
}

/** The main thread waits a little longer than the worker, whose error says more. */
const graceMs = 5_000;
const sliceMs = 1_000;

/**
 * A prefix of an S3 bucket as a synchronous store: a line of the journal counts only once it is safe, and whoever writes
 * it waits. A thread of its own owns the client and renews leases also while the main thread is busy; the main thread
 * sleeps until it has answered. Nothing is loaded and nobody is called before the first use.
 */
export function openSharedStore(settings: SharedStoreSettings): SharedStore {
  const { bucket, prefix } = settings.place;
  const ask = createAsker(settings);
  let leases = 0;
  return {
    name: prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`,
    get: (key) => ask({ do: 'get', key }) as ReturnType<SharedStore['get']>,
    getAll: (keys) => ask({ do: 'getAll', keys }) as readonly Uint8Array[],
    list: (start) => ask({ do: 'list', prefix: start }) as readonly string[],
    create: (key, bytes) => ask({ do: 'create', key, bytes }) === true,
    put: (key, bytes) => {
      ask({ do: 'put', key, bytes });
    },
    replace: (key, etag, state) => ask({ do: 'replace', key, etag, state }) === true,
    lease: (key, etag, state, seconds) => {
      const clock = new LeaseClock();
      leases += 1;
      const lease = leases;
      const isTaken = ask({ do: 'lease', lease, key, etag, state, seconds, cell: clock.buffer });
      if (isTaken !== true) return undefined;
      return {
        isHeld: () => !clock.isLost && (clock.age < seconds * 1000 || ask({ do: 'renew', lease }) === true),
        release: (end) => {
          ask({ do: 'release', lease, state: end });
        },
      };
    },
  };
}

function createAsker(settings: SharedStoreSettings): (order: Order) => Result {
  const { deadlineMs = 30_000, worker: file, ...rest } = settings;
  const answered = new SharedArrayBuffer(4);
  const signal = new Int32Array(answered);
  let port: MessagePort | undefined;
  const start = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    const workerData: WorkerSettings = { ...rest, deadlineMs, answered, port: port2 };
    const worker = new Worker(file ?? new URL('./shared-store-worker.js', import.meta.url), {
      workerData,
      transferList: [port2],
    });
    // A store that is open keeps no process alive.
    worker.unref();
    return port1;
  };
  let id = 0;
  return (order) => {
    port ??= start();
    id += 1;
    const numbered: Numbered = { id, order };
    port.postMessage(numbered);
    const reply = waitFor(id, port, signal, deadlineMs + graceMs);
    if (reply === undefined) throw silent(settings.place, deadlineMs);
    if ('error' in reply) throw fromPlainError(reply.error);
    return reply.result;
  };
}

/** In slices, so that a process that was stopped for an hour still hears an answer that comes after it. */
function waitFor(id: number, port: MessagePort, signal: Int32Array, limitMs: number): Reply | undefined {
  for (let slices = Math.ceil(limitMs / sliceMs); slices > 0; slices -= 1) {
    for (let seen = receive(port); seen !== undefined; seen = receive(port)) {
      // An older answer came after nobody waited for it any more.
      if (seen.id === id) return seen;
    }
    const before = Atomics.load(signal, 0);
    if (before !== id) Atomics.wait(signal, 0, before, sliceMs);
  }
  return undefined;
}

function receive(port: MessagePort): Reply | undefined {
  const received = receiveMessageOnPort(port);
  return received === undefined ? undefined : (received.message as Reply);
}

function silent({ bucket }: S3Place, deadlineMs: number): StoppedError {
  return new StoppedError(
    'StateUnreachable',
    `s3://${bucket} gave no answer in ${String(deadlineMs / 1000)} s`,
    {
      why: 'without its journal the tool changes nothing more',
      next: ['check the network and the bucket', 'rds2aurora resume'],
      resumable: true,
    },
  );
}
