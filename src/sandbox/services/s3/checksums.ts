import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError, type AwsStruct } from '../../service.js';
import { optionalText } from '../read-input.js';

const checks: Readonly<Record<string, (body: Buffer) => string>> = {
  ChecksumCRC32: (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  },
  ChecksumSHA1: (body) => createHash('sha1').update(body).digest('base64'),
  ChecksumSHA256: (body) => createHash('sha256').update(body).digest('base64'),
};

/**
 * Holds a body against every checksum that the request carries, and gives back those that the object keeps.
 * @throws AwsError `BadDigest`, `XAmzContentSHA256Mismatch`; `NotImplemented` for the algorithms that are not known here
 */
export function verifyChecksums(input: AwsStruct, body: Buffer): AwsStruct {
  for (const unknown of ['ChecksumCRC32C', 'ChecksumCRC64NVME']) {
    if (optionalText(input, unknown) === undefined) continue;
    throw new AwsError('NotImplemented', `${unknown} is not supported by the sandbox`, 501);
  }
  const md5 = optionalText(input, 'ContentMD5');
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  const signed = optionalText(input, 'ContentSHA256');
  if (signed !== undefined && /^[0-9a-f]{64}$/.test(signed) && signed !== sha256(body))
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  const kept = Object.entries(checks).flatMap(([member, compute]) => {
    const given = optionalText(input, member);
    if (given === undefined) return [];
    if (given === compute(body)) return [[member, given]];
    throw new AwsError('BadDigest', `The ${member} you specified did not match what we received.`);
  });
  return Object.fromEntries(kept) as AwsStruct;
}

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
