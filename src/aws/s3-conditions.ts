import { randomUUID } from 'node:crypto';
import type { S3Objects, S3Place } from './s3-objects.js';
import { noConditions } from './s3-refusal.js';

const key = 'conditional-writes.txt';
const noEtag = '"00000000000000000000000000000000"';

/**
 * Some stores that speak the protocol of S3 accept the conditions of a write and ignore them: then everybody would get
 * every lock. So they are tried out, on an object of their own, before the first lock is taken.
 * @throws PreconditionError `NoConditionalWrites`
 */
export async function assertConditions(objects: S3Objects, place: S3Place): Promise<void> {
  const text = (): Uint8Array => Buffer.from(`made to see whether conditions are kept: ${randomUUID()}\n`);
  await objects.put(key, text(), { absent: true });
  const over = await objects.put(key, text(), { absent: true });
  const swapped = await objects.put(key, text(), { etag: noEtag });
  if (over === undefined && swapped === undefined) return;
  throw noConditions(place.prefix === '' ? `s3://${place.bucket}` : `s3://${place.bucket}/${place.prefix}`);
}
