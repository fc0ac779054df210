import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { LeaseClock } from '../../src/aws/lease-clock.js';
import { assertConditions } from '../../src/aws/s3-conditions.js';
import { S3Lease } from '../../src/aws/s3-lease.js';
import { createS3Objects, type S3Objects } from '../../src/aws/s3-objects.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { connection } from '../sandbox/connection.js';

let sandbox: Sandbox;
let objects: S3Objects;
let folders = 0;
beforeAll(async () => {
  sandbox = await startSandbox();
  await sandbox.call('s3', 'CreateBucket', { Bucket: 'state' });
  objects = open();
});
afterAll(() => sandbox.stop());
afterEach(() => sandbox.clearFaults());

/** Below a prefix of its own, with retries as the product has them. */
function open(bucket = 'state', key?: string, deadlineMs = 30_000): S3Objects {
  folders += 1;
  const client = new S3({ ...connection(sandbox, key), maxAttempts: 3, followRegionRedirects: true });
  return createS3Objects(
    () => Promise.resolve(client),
    { bucket, prefix: `p${String(folders)}` },
    deadlineMs,
  );
}

async function serve(listener: RequestListener): Promise<S3Objects> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => listener(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const client = new S3({ ...connection(sandbox), endpoint, followRegionRedirects: true });
  return createS3Objects(() => Promise.resolve(client), { bucket: 'state', prefix: '' }, 2_000);
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const absent = { absent: true } as const;

describe('objects', () => {
  test('an object is created once, and replaced only while it is the one that was read', async () => {
    const first = await objects.put('a', bytes('1'), absent);
    expect(await objects.put('a', bytes('2'), absent)).toBeUndefined();
    const second = await objects.put('a', bytes('2'), { etag: first ?? '' });
    expect(second).toEqual(expect.any(String));
    expect(await objects.put('a', bytes('3'), { etag: first ?? '' })).toBeUndefined();
    expect(await objects.put('none', bytes('3'), { etag: first ?? '' })).toBeUndefined();
    const got = await objects.get('a');
    expect([Buffer.from(got?.bytes ?? []).toString(), got?.etag]).toEqual(['2', second]);
    expect(got?.ageSeconds).toBeGreaterThanOrEqual(0);
    expect(await objects.get('none')).toBeUndefined();
  });

  test('keys are listed below the prefix, without it, over all pages', async () => {
    const mine = open();
    const keys = Array.from({ length: 1005 }, (_, n) => `runs/${String(n).padStart(4, '0')}`);
    const prefix = `p${String(folders)}`;
    for (const Key of keys)
      await sandbox.call('s3', 'PutObject', { Bucket: 'state', Key: `${prefix}/${Key}`, Body: '' });
    await mine.put('locks/x', bytes(''));
    expect(await mine.list('runs/')).toEqual(keys);
  });

  test('a write whose answer was lost counts as made', async () => {
    sandbox.addFault({ service: 's3', action: 'PutObject', kind: 'drop-after' });
    expect(await objects.put('lost', bytes('mine'), absent)).toEqual(expect.any(String));
    const etag = (await objects.get('lost'))?.etag ?? '';
    sandbox.addFault({ service: 's3', action: 'PutObject', kind: 'drop-after' });
    expect(await objects.put('lost', bytes('mine too'), { etag })).toEqual(expect.any(String));
  });

  test('a conflict with another write is tried again for as long as the condition holds', async () => {
    const conflict = { kind: 'error', code: 'ConditionalRequestConflict', status: 409, times: 2 } as const;
    sandbox.addFault({ service: 's3', action: 'PutObject', ...conflict });
    expect(await objects.put('conflict', bytes('1'), absent)).toEqual(expect.any(String));
    sandbox.addFault({ service: 's3', action: 'PutObject', ...conflict });
    expect(await objects.put('conflict', bytes('2'), absent)).toBeUndefined();
  });
});

describe('refusals', () => {
  test.each([
    ['a bucket that is not there', 'missing', undefined, 'StateBucketMissing', 10, 'aws s3 mb s3://missing'],
    ['a caller without permission', 'state', 'DENIED1', 'AccessDenied', 4, 's3:PutObject'],
    ['expired credentials', 'state', 'EXPIRED1', 'ExpiredToken', 4, 'renew the credentials'],
  ])('%s is told with what to do', async (_what, bucket, key, code, exitCode, next) => {
    await expect(open(bucket, key).list('')).rejects.toMatchObject({
      ...{ code, exitCode },
      next: expect.arrayContaining([expect.stringContaining(next)]) as unknown,
    });
  });

  test('a store that ignores conditions, or does not know them, is not used', async () => {
    const careless = await serve((_request, response) => response.setHeader('etag', '"1"').end());
    const place = { bucket: 'state', prefix: 'p' };
    const refused = { code: 'NoConditionalWrites', exitCode: 10 };
    await expect(assertConditions(careless, place)).rejects.toMatchObject(refused);
    const old = await serve((_request, response) =>
      response
        .writeHead(501)
        .end('<Error><Code>NotImplemented</Code><Message>If-None-Match</Message></Error>'),
    );
    await expect(assertConditions(old, place)).rejects.toMatchObject(refused);
    await assertConditions(objects, place);
    await assertConditions(objects, place);
  });

  test('a bucket of another Region is found where it is', async () => {
    const abroad = await serve((request, response) => {
      if (request.headers.authorization?.includes('/eu-west-1/s3/') === true)
        return response.setHeader('etag', '"1"').end('there');
      const body = '<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>';
      return response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' }).end(body);
    });
    expect(Buffer.from((await abroad.get('x'))?.bytes ?? []).toString()).toBe('there');
  });

  test('a store that does not answer is given up after the deadline', async () => {
    const silent = await serve(() => undefined);
    await expect(silent.get('x')).rejects.toMatchObject({ code: 'StateUnreachable', exitCode: 9 });
  });
});

describe('a lease', () => {
  const take = (clock: LeaseClock, etag?: string, state = { who: 'me' }) =>
    S3Lease.take(objects, { key: 'lease', etag, state, seconds: 1000, clock });

  test('is taken by one, renewed while nobody else writes, and lost to whoever does', async () => {
    const [mine, theirs] = [new LeaseClock(), new LeaseClock()];
    const lease = await take(mine);
    expect(await take(theirs)).toBeUndefined();
    expect(mine.age).toBeLessThan(theirs.age);
    expect([await lease?.renew(), await lease?.renew(), mine.isLost]).toEqual([true, true, false]);
    const etag = (await objects.get('lease'))?.etag;
    const other = await take(theirs, etag, { who: 'other' });
    expect([await lease?.renew(), mine.isLost]).toEqual([false, true]);
    expect(await lease?.release({ who: 'nobody' })).toBe(false);
    expect(await other?.release({ who: 'nobody' })).toBe(true);
    expect(Buffer.from((await objects.get('lease'))?.bytes ?? []).toString()).toContain('nobody');
  });

  test('renews itself before it lapses', async () => {
    const clock = new LeaseClock();
    const order = { key: 'beating', etag: undefined, state: {}, seconds: 0.3, clock };
    const lease = await S3Lease.take(objects, order);
    const first = (await objects.get('beating'))?.etag;
    await expect.poll(async () => (await objects.get('beating'))?.etag, { timeout: 60_000 }).not.toBe(first);
    await lease?.release({});
  });
});
