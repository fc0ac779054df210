import { AwsError, type AwsStruct } from '../../service.js';
import { optionalNumber, optionalText } from '../read-input.js';
import type { Bucket } from './buckets.js';

const mostKeys = 1000;

interface Listed {
  /** The key, or the common prefix that stands for several. */
  readonly name: string;
  readonly isPrefix: boolean;
}

/** ListObjectsV2: keys in the order of their UTF-8 bytes, rolled up at the delimiter, in pages. */
export function listObjects(bucket: Bucket, input: AwsStruct): AwsStruct {
  const prefix = optionalText(input, 'Prefix') ?? '';
  const token = optionalText(input, 'ContinuationToken');
  const after = token === undefined ? (optionalText(input, 'StartAfter') ?? '') : readToken(token);
  const size = Math.min(mostKeys, readSize(input));
  const all = rollUp(bucket, prefix, optionalText(input, 'Delimiter')).filter(
    ({ name }) => compare(name, after) > 0,
  );
  const page = all.slice(0, size);
  const last = page.at(-1);
  const more = last !== undefined && all.length > page.length;
  const encode = optionalText(input, 'EncodingType') === 'url' ? encodeKey : (text: string) => text;
  return {
    Name: input['Bucket'],
    Prefix: encode(prefix),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    KeyCount: page.length,
    MaxKeys: size,
    ...(input['Delimiter'] === undefined ? {} : { Delimiter: input['Delimiter'] }),
    ...(input['EncodingType'] === undefined ? {} : { EncodingType: input['EncodingType'] }),
    IsTruncated: more,
    ...(more ? { NextContinuationToken: Buffer.from(`after:${last.name}`).toString('base64url') } : {}),
    Contents: page.filter((one) => !one.isPrefix).map(({ name }) => describe(bucket, name, encode)),
    CommonPrefixes: page.filter((one) => one.isPrefix).map(({ name }) => ({ Prefix: encode(name) })),
  };
}

function rollUp(bucket: Bucket, prefix: string, delimiter: string | undefined): Listed[] {
  const found = new Map<string, Listed>();
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? key : key.slice(0, cut + (delimiter ?? '').length);
    found.set(name, { name, isPrefix: cut >= 0 });
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name));
}

function describe(bucket: Bucket, key: string, encode: (text: string) => string): AwsStruct {
  const object = bucket.get(key);
  return {
    Key: encode(key),
    LastModified: object?.lastModified,
    ETag: object?.etag,
    Size: object?.body.length,
    StorageClass: 'STANDARD',
  };
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function readSize(input: AwsStruct): number {
  const size = optionalNumber(input, 'MaxKeys') ?? mostKeys;
  if (Number.isInteger(size) && size >= 0) return size;
  throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('after:')) return text.slice('after:'.length);
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
}

/** As S3 does under `encoding-type=url`: the slashes stay. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}
