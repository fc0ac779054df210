import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { connection } from './connection.js';

let sandbox: Sandbox;
let s3: S3;
beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = new S3(connection(sandbox));
  await s3.createBucket({ Bucket: 'state' });
});
afterAll(() => sandbox.stop());

const Bucket = 'state';

test('keeps what was put, with its checksum, its encryption and its time', async () => {
  const put = await s3.putObject({ Bucket, Key: 'a/ä &<b>.json', Body: 'text', ContentType: 'text/plain' });
  expect(put).toMatchObject({ ServerSideEncryption: 'AES256', ChecksumCRC32: expect.any(String) });
  const got = await s3.getObject({ Bucket, Key: 'a/ä &<b>.json' });
  expect(await got.Body?.transformToString()).toBe('text');
  expect(got).toMatchObject({ ETag: put.ETag, ContentLength: 4, ContentType: 'text/plain' });
  expect(Math.abs(Date.now() - (got.LastModified?.getTime() ?? 0))).toBeLessThan(60_000);
  expect(await s3.headObject({ Bucket, Key: 'a/ä &<b>.json' })).toMatchObject({ ContentLength: 4 });
});

test('creates an object once under If-None-Match, whoever comes first', async () => {
  const put = (text: string) => s3.putObject({ Bucket, Key: 'once', Body: text, IfNoneMatch: '*' });
  const ended = await Promise.allSettled(['1', '2', '3', '4'].map(put));
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(put('5')).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
});

test('replaces an object under If-Match only while it is the one that was read', async () => {
  const first = await s3.putObject({ Bucket, Key: 'swap', Body: '1' });
  const swap = (Body: string, etag: string | undefined) =>
    s3.putObject({ Bucket, Key: 'swap', Body, IfMatch: etag ?? '' });
  const second = await swap('2', first.ETag);
  await expect(swap('3', first.ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await swap('3', second.ETag);
  const missing = s3.putObject({ Bucket, Key: 'none', Body: '1', IfMatch: first.ETag ?? '' });
  await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('lists in pages, rolled up at the delimiter, from where it is told', async () => {
  for (const key of ['l/1', 'l/2', 'l/deep/1', 'l/deep/2', 'l/3'])
    await s3.putObject({ Bucket, Key: key, Body: '' });
  const pages: (string | undefined)[] = [];
  let token: string | undefined;
  do {
    const page = await s3.listObjectsV2({ Bucket, Prefix: 'l/', MaxKeys: 2, ContinuationToken: token });
    pages.push(...(page.Contents ?? []).map(({ Key }) => Key));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  expect(pages).toEqual(['l/1', 'l/2', 'l/3', 'l/deep/1', 'l/deep/2']);
  const rolled = await s3.listObjectsV2({ Bucket, Prefix: 'l/', Delimiter: '/', StartAfter: 'l/1' });
  expect(rolled.Contents?.map(({ Key }) => Key)).toEqual(['l/2', 'l/3']);
  expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'l/deep/' }]);
});

test('refuses what is damaged on the way, what is missing, and what it cannot do', async () => {
  const damaged = s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x', ContentMD5: 'AAAA' }));
  await expect(damaged).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await expect(s3.getObject({ Bucket: 'other', Key: 'x' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(s3.getObject({ Bucket, Key: 'once', Range: 'bytes=0-1' })).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  await expect(s3.getBucketAcl({ Bucket })).rejects.toMatchObject({ name: 'NotImplemented' });
});

test.each([
  ['EXPIRED1', 'ExpiredToken', 400],
  ['INVALID1', 'InvalidAccessKeyId', 403],
  ['DENIED1', 'AccessDenied', 403],
])('refuses the key %s with %s', async (key, name, httpStatusCode) => {
  const client = new S3(connection(sandbox, key));
  await expect(client.getObject({ Bucket, Key: 'once' })).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode },
  });
});

test('shows no contents in the log of calls', async () => {
  await s3.putObject({ Bucket, Key: 'sealed', Body: 'a password' });
  const text = JSON.stringify(sandbox.calls());
  expect(text).toContain('"Key":"sealed"');
  expect(text).not.toContain(Buffer.from('a password').toString('base64'));
});
