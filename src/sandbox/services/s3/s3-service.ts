import { AwsError, type AwsStruct, type SandboxContext, type Service } from '../../service.js';
import { optionalText, requiredText } from '../read-input.js';
import { Buckets, etagOf, type StoredObject } from './buckets.js';
import { verifyChecksums } from './checksums.js';
import { listObjects } from './list-objects.js';

/**
 * Amazon S3, as far as small objects with conditional writes need it. `Body` is base64 on both sides.
 * Source: Amazon S3 API Reference; User Guide "How to prevent object overwrites with conditional writes".
 */
export function createS3Service(context: SandboxContext): Service {
  const buckets = new Buckets(context.region);
  return {
    name: 's3',
    protocol: 'rest',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    actions: {
      CreateBucket: (input) => {
        buckets.create(input);
        return { Location: `/${optionalText(input, 'Bucket') ?? ''}` };
      },
      HeadBucket: (input) => {
        buckets.bucket(input);
        return { BucketRegion: context.region };
      },
      ListObjectsV2: (input) => listObjects(buckets.bucket(input), input),
      PutObject: (input) => putObject(buckets, input, context.clock.now()),
      GetObject: (input) => {
        refuseReadConditions(input);
        const object = buckets.object(input);
        return { ...describe(object), Body: object.body.toString('base64') };
      },
      HeadObject: (input) => {
        refuseReadConditions(input);
        return describe(buckets.object(input));
      },
      DeleteObject: (input) => {
        if (input['IfMatch'] !== undefined) throw unsupported('If-Match of a deletion');
        buckets.bucket(input).delete(requiredText(input, 'Key'));
        return {};
      },
    },
  };
}

function putObject(buckets: Buckets, input: AwsStruct, now: Date): AwsStruct {
  const bucket = buckets.bucket(input);
  const key = requiredText(input, 'Key');
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  const body = Buffer.from(String(input['Body'] ?? ''), 'base64');
  const checksums = verifyChecksums(input, body);
  checkConditions(input, bucket.get(key));
  const encryption = optionalText(input, 'ServerSideEncryption') ?? 'AES256';
  if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(encryption))
    throw new AwsError('InvalidArgument', 'The encryption method specified is not supported');
  const object: StoredObject = {
    body,
    etag: etagOf(body),
    // S3 tells it in whole seconds.
    lastModified: new Date(Math.floor(now.getTime() / 1000) * 1000),
    contentType: optionalText(input, 'ContentType') ?? 'binary/octet-stream',
    encryption,
    checksums,
  };
  bucket.set(key, object);
  return { ETag: object.etag, ServerSideEncryption: encryption, ...checksums };
}

/** @throws AwsError `PreconditionFailed`; `NoSuchKey` when there is nothing that could match */
function checkConditions(input: AwsStruct, standing: StoredObject | undefined): void {
  const [absent, etag] = [optionalText(input, 'IfNoneMatch'), optionalText(input, 'IfMatch')];
  if (absent !== undefined && absent !== '*') throw unsupported('If-None-Match with anything but *');
  if (absent !== undefined && etag !== undefined) throw unsupported('If-Match together with If-None-Match');
  if (etag !== undefined && standing === undefined)
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  const isMet =
    absent === undefined
      ? etag === undefined || unquote(etag) === unquote(standing?.etag ?? '')
      : standing === undefined;
  if (isMet) return;
  throw new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
  );
}

function refuseReadConditions(input: AwsStruct): void {
  for (const member of ['Range', 'IfMatch', 'IfNoneMatch']) {
    if (input[member] !== undefined) throw unsupported(`${member} of a read`);
  }
}

function unsupported(what: string): AwsError {
  return new AwsError('NotImplemented', `${what} is not supported by the sandbox`, 501);
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

function describe({ body, etag, lastModified, contentType, encryption, checksums }: StoredObject): AwsStruct {
  return {
    ContentLength: body.length,
    ContentType: contentType,
    ETag: etag,
    LastModified: lastModified,
    ServerSideEncryption: encryption,
    ...checksums,
  };
}
