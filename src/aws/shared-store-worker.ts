// The thread that talks to S3 for a main thread which waits: see `openSharedStore`.
import { workerData } from 'node:worker_threads';
import { createAwsClients } from './aws-clients.js';
import { LeaseClock } from './lease-clock.js';
import { encodeState, S3Lease } from './s3-lease.js';
import { createS3Objects, type S3Objects } from './s3-objects.js';
import { assertConditions } from './s3-conditions.js';
import {
  toPlainError,
  type Numbered,
  type Order,
  type Reply,
  type Result,
  type WorkerSettings,
} from './shared-store-messages.js';

/** Journals are many small objects: enough at once to be quick, few enough not to be throttled. */
const atOnce = 16;

const settings = workerData as WorkerSettings;
const answered = new Int32Array(settings.answered);
const objects = createS3Objects(createAwsClients(settings).s3, settings.place, settings.deadlineMs);
const leases = new Map<number, S3Lease>();
let proof: Promise<void> | undefined;

settings.port.on('message', ({ id, order }: Numbered) => {
  const reply = (message: Reply): void => {
    settings.port.postMessage(message);
    Atomics.store(answered, 0, id);
    Atomics.notify(answered, 0);
  };
  carryOut(order).then(
    (result) => reply({ id, result }),
    (error: unknown) => reply({ id, error: toPlainError(error) }),
  );
});

async function carryOut(order: Order): Promise<Result> {
  switch (order.do) {
    case 'get':
      return objects.get(order.key);
    case 'getAll':
      return getAll(objects, order.keys);
    case 'list':
      return objects.list(order.prefix);
    case 'create':
      return (await objects.put(order.key, order.bytes, { absent: true })) !== undefined;
    case 'put':
      return (await objects.put(order.key, order.bytes)) !== undefined;
    case 'replace':
      return (await objects.put(order.key, encodeState(order.state), { etag: order.etag })) !== undefined;
    case 'lease':
      return takeLease(order);
    case 'renew':
      return (await leases.get(order.lease)?.renew()) ?? false;
    case 'release':
      return (await leases.get(order.lease)?.release(order.state)) ?? false;
  }
}

async function takeLease(order: Extract<Order, { do: 'lease' }>): Promise<boolean> {
  await (proof ??= assertConditions(objects, settings.place));
  const lease = await S3Lease.take(objects, { ...order, clock: new LeaseClock(order.cell) });
  if (lease !== undefined) leases.set(order.lease, lease);
  return lease !== undefined;
}

async function getAll(from: S3Objects, keys: readonly string[]): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (let at = 0; at < keys.length; at += atOnce) {
    const some = await Promise.all(keys.slice(at, at + atOnce).map((key) => from.get(key)));
    for (const [index, one] of some.entries()) {
      if (one === undefined) throw new Error(`${keys[at + index] ?? ''} is listed and not there`);
      found.push(one.bytes);
    }
  }
  return found;
}
