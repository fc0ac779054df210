import { createHash } from 'node:crypto';
import { AwsError, type AwsStruct } from '../../service.js';
import { optionalText } from '../read-input.js';

/** An object as S3 keeps it. */
export interface StoredObject {
  readonly body: Buffer;
  /** In quotes, as on the wire: the MD5 of the body. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly contentType: string;
  readonly encryption: string;
  readonly checksums: AwsStruct;
}

export type Bucket = Map<string, StoredObject>;

/** The buckets of one Region, in memory. */
export class Buckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly region: string) {}

  /** @throws AwsError for a name that cannot be, and for a bucket that stands, which us-east-1 forgives its owner. */
  create(input: AwsStruct): void {
    const name = optionalText(input, 'Bucket') ?? '';
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
    const location = optionalText(input, 'LocationConstraint') ?? 'us-east-1';
    if (location !== this.region)
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    if (!this.buckets.has(name)) this.buckets.set(name, new Map());
    else if (this.region !== 'us-east-1')
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
      );
  }

  /** @throws AwsError `NoSuchBucket` */
  bucket(input: AwsStruct): Bucket {
    const found = this.buckets.get(optionalText(input, 'Bucket') ?? '');
    if (found !== undefined) return found;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }

  /** @throws AwsError `NoSuchBucket`, `NoSuchKey` */
  object(input: AwsStruct): StoredObject {
    const found = this.bucket(input).get(optionalText(input, 'Key') ?? '');
    if (found !== undefined) return found;
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
}

/** MD5 in quotes: what S3 gives an object that was put in one piece. */
export function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
