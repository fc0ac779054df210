import { AwsError, type AwsStruct } from '../service.js';
import type { RawRequest } from './read-request.js';

/** Headers of a request, and the members of the API that they are. */
const headerMembers: Readonly<Record<string, string>> = {
  'content-md5': 'ContentMD5',
  'content-type': 'ContentType',
  'if-match': 'IfMatch',
  'if-none-match': 'IfNoneMatch',
  range: 'Range',
  'x-amz-bucket-region': 'BucketRegion',
  'x-amz-checksum-crc32': 'ChecksumCRC32',
  'x-amz-checksum-crc32c': 'ChecksumCRC32C',
  'x-amz-checksum-crc64nvme': 'ChecksumCRC64NVME',
  'x-amz-checksum-sha1': 'ChecksumSHA1',
  'x-amz-checksum-sha256': 'ChecksumSHA256',
  'x-amz-content-sha256': 'ContentSHA256',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
};

/** Parameters of a listing, and the members of the API that they are. */
const queryMembers: Readonly<Record<string, string>> = {
  'continuation-token': 'ContinuationToken',
  delimiter: 'Delimiter',
  'encoding-type': 'EncodingType',
  'fetch-owner': 'FetchOwner',
  'max-keys': 'MaxKeys',
  prefix: 'Prefix',
  'start-after': 'StartAfter',
};

const bucketActions: Readonly<Record<string, string>> = {
  PUT: 'CreateBucket',
  HEAD: 'HeadBucket',
  DELETE: 'DeleteBucket',
  GET: 'ListObjects',
};
const objectActions: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

/** Which action of S3 a request in path style is, and its members by the names of the API. */
export function readRest(request: RawRequest): { action: string; input: () => AwsStruct } {
  const url = new URL(request.path, 'http://sandbox');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(url.pathname) ?? [];
  return {
    action: nameAction(request, bucket, key, url.searchParams),
    input: () => ({
      ...membersOf(headerMembers, (name) => request.headers[name]),
      ...membersOf(queryMembers, (name) => url.searchParams.get(name) ?? undefined),
      Bucket: decode(bucket),
      ...(key === '' ? {} : { Key: decode(key) }),
      ...bodyOf(request, key),
    }),
  };
}

function nameAction(request: RawRequest, bucket: string, key: string, query: URLSearchParams): string {
  const { method, headers } = request;
  if (bucket === '') return 'ListBuckets';
  if (query.get('list-type') === '2') return 'ListObjectsV2';
  // Everything else that S3 can do is told by a parameter without a value: `?acl`, `?uploads`, `?tagging`.
  const [other] = [...query.keys()].filter((name) => name !== 'x-id' && !(name in queryMembers));
  if (other !== undefined) return `${method} ?${other}`;
  if (headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
  return (key === '' ? bucketActions : objectActions)[method] ?? method;
}

function membersOf(
  members: Readonly<Record<string, string>>,
  valueOf: (name: string) => string | undefined,
): AwsStruct {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const value = valueOf(name);
      return value === undefined ? [] : [[member, value]];
    }),
  );
}

/** What an object holds goes as base64; what a bucket is made with is XML. */
function bodyOf(request: RawRequest, key: string): AwsStruct {
  if (request.method !== 'PUT') return {};
  if (key !== '') return { Body: plainBody(request).toString('base64') };
  const location = /<LocationConstraint>([^<]*)<\/LocationConstraint>/.exec(request.body.toString('utf8'));
  return location === null ? {} : { LocationConstraint: location[1] };
}

/** Takes the `aws-chunked` encoding off; what its trailer says is the checksum that nobody else sees. */
function plainBody({ headers, body }: RawRequest): Buffer {
  if (headers['x-amz-content-sha256']?.startsWith('STREAMING-') !== true) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.toString('latin1', at, end), 16);
    if (end < 0 || !Number.isFinite(size)) throw new AwsError('IncompleteBody', 'The chunks cannot be read');
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}
