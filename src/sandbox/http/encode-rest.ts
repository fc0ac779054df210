import type { AwsStruct, AwsValue } from '../service.js';
import { escapeXml } from './encode-xml.js';
import type { AnswerFrame, WireAnswer } from './wire.js';

/** Members of an answer of S3 that are headers; all others are XML, but for `Body`, which is the bytes themselves. */
const headerNames: Readonly<Record<string, string>> = {
  BucketRegion: 'x-amz-bucket-region',
  ChecksumCRC32: 'x-amz-checksum-crc32',
  ChecksumSHA1: 'x-amz-checksum-sha1',
  ChecksumSHA256: 'x-amz-checksum-sha256',
  ContentLength: 'content-length',
  ContentType: 'content-type',
  ETag: 'etag',
  LastModified: 'last-modified',
  Location: 'location',
  ServerSideEncryption: 'x-amz-server-side-encryption',
};

/** Actions whose answer is a document, with the name of its root. */
const roots: Readonly<Record<string, string>> = { ListObjectsV2: 'ListBucketResult' };

/** An answer of S3: headers, and the object's bytes (`Body`, base64) or an XML document. */
export function encodeRest(output: AwsStruct, frame: AnswerFrame): WireAnswer {
  const root = roots[frame.action];
  const headers: Record<string, string> = { 'x-amz-request-id': frame.requestId };
  if (root !== undefined) {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${frame.namespace}">${members(output)}</${root}>`;
    return { status: 200, headers: { ...headers, 'content-type': 'application/xml' }, body };
  }
  for (const [member, value] of Object.entries(output)) {
    const name = headerNames[member];
    if (name !== undefined && value !== undefined) headers[name] = headerText(value);
  }
  const body = typeof output['Body'] === 'string' ? Buffer.from(output['Body'], 'base64') : '';
  return { status: frame.action === 'DeleteObject' ? 204 : 200, headers, body };
}

function headerText(value: AwsValue): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}

/** Lists are flat in S3: each item is an element of the list's name. */
function members(struct: AwsStruct): string {
  return Object.entries(struct)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as AwsValue[]) : [value]).map((one) => element(name, one)),
    )
    .join('');
}

function element(name: string, value: AwsValue): string {
  if (value === undefined || value === null) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: AwsValue): string {
  if (value instanceof Date) return value.toISOString();
  return isStruct(value) ? members(value) : escapeXml(String(value));
}

function isStruct(value: AwsValue): value is AwsStruct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
