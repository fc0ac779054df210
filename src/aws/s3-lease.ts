import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../journal/json.js';
import { LeaseClock } from './lease-clock.js';
import type { S3Objects } from './s3-objects.js';

export interface LeaseOrder {
  readonly key: string;
  readonly etag: string | undefined;
  readonly state: JsonObject;
  readonly seconds: number;
  readonly clock: LeaseClock;
}

/** A state object that is written over and over, each time on condition that it is still the one written last. */
export class S3Lease {
  private beats = 0;
  private readonly timer: NodeJS.Timeout;
  /** Writes follow one another: each needs the etag of the one before. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly objects: S3Objects,
    private readonly order: LeaseOrder,
    private etag: string,
  ) {
    const wait = (order.seconds * 1000) / 3;
    // What fails is tried again at the next beat; whoever needs the lease finds it old and sees the error himself.
    this.timer = setInterval(() => void this.renew().catch(() => undefined), wait).unref();
  }

  /** Undefined when somebody else was quicker. */
  static async take(objects: S3Objects, order: LeaseOrder): Promise<S3Lease | undefined> {
    const moment = LeaseClock.now();
    const condition = order.etag === undefined ? ({ absent: true } as const) : { etag: order.etag };
    const etag = await objects.put(order.key, encodeState({ ...order.state, beat: 0 }), condition);
    if (etag === undefined) return undefined;
    order.clock.prove(moment);
    return new S3Lease(objects, order, etag);
  }

  /** False when it was taken by somebody else. */
  renew(): Promise<boolean> {
    return this.inTurn(async () => {
      if (this.order.clock.isLost) return false;
      const moment = LeaseClock.now();
      this.beats += 1;
      const isOurs = await this.write({ ...this.order.state, beat: this.beats });
      if (isOurs) this.order.clock.prove(moment);
      return isOurs;
    });
  }

  release(state: JsonObject): Promise<boolean> {
    clearInterval(this.timer);
    return this.inTurn(async () => !this.order.clock.isLost && (await this.write(state)));
  }

  private async write(state: JsonObject): Promise<boolean> {
    const etag = await this.objects.put(this.order.key, encodeState(state), { etag: this.etag });
    if (etag === undefined) {
      clearInterval(this.timer);
      this.order.clock.lose();
      return false;
    }
    this.etag = etag;
    return true;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

/** No two writes are the same bytes, so no two have the same etag. */
export function encodeState(state: JsonObject): Uint8Array {
  return Buffer.from(`${JSON.stringify({ ...state, nonce: randomUUID() })}\n`);
}
