import type { ListObjectsV2CommandOutput, S3 } from '@aws-sdk/client-s3';
import type { SharedObject } from '../journal/shared-store.js';
import { StoppedError } from '../errors.js';
import { callAws } from './aws-error.js';
import { explainRefusal } from './s3-refusal.js';

/** Where objects are. */
export interface S3Place {
  readonly bucket: string;
  /** Without a slash at its end; empty for the whole bucket. */
  readonly prefix: string;
}

/** `absent`: only where there is no object; an etag: only over that one. */
export type Condition = { readonly absent: true } | { readonly etag: string };

export interface S3Objects {
  get(key: string): Promise<SharedObject | undefined>;
  list(prefix: string): Promise<string[]>;
  /** The new etag; undefined when the condition does not hold. Without one it writes over whatever is there. */
  put(key: string, bytes: Uint8Array, condition?: Condition): Promise<string | undefined>;
}

const conflict = 'ConditionalRequestConflict';
/** A conflict ends as soon as the other write does. */
const mostConflicts = 8;

/**
 * Objects below one prefix of a bucket. Of all writes of one key under the same condition one succeeds.
 * Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes": 412 when the condition does
 * not hold, 404 when there is nothing that If-Match could match, 409 when another write or deletion came in between,
 * after which the condition is to be tried again.
 * @param deadlineMs how long one call may take, with all its retries
 */
export function createS3Objects(client: () => Promise<S3>, place: S3Place, deadlineMs: number): S3Objects {
  const Bucket = place.bucket;
  const keyOf = (key: string): string => (place.prefix === '' ? key : `${place.prefix}/${key}`);
  const call = async <T>(name: string, key: string, make: (s3: S3, signal: AbortSignal) => Promise<T>) => {
    const signal = AbortSignal.timeout(deadlineMs);
    const resource = `s3://${Bucket}/${keyOf(key)}`;
    return callAws(`s3:${name}`, resource, async () => make(await client(), signal)).catch(
      (error: unknown) => {
        throw signal.aborted ? tooLate(resource, deadlineMs, error) : explainRefusal(error, place);
      },
    );
  };

  const get: S3Objects['get'] = (key) =>
    call('GetObject', key, async (s3, signal) => read(s3, Bucket, keyOf(key), signal)).catch(
      (error: unknown) => {
        if (codeOf(error) === 'NoSuchKey') return undefined;
        throw error;
      },
    );
  const put: Put = (key, bytes, condition) =>
    call('PutObject', key, async (s3, abortSignal) => {
      const input = { Bucket, Key: keyOf(key), Body: bytes, ...headersOf(condition) };
      const { ETag = '' } = await s3.putObject(input, { abortSignal });
      return ETag;
    });
  return {
    get,
    list: async (prefix) => {
      const cut = keyOf('').length;
      const keys = await call('ListObjectsV2', prefix, async (s3, signal) =>
        listKeys(s3, Bucket, keyOf(prefix), signal),
      );
      return keys.map((key) => key.slice(cut));
    },
    put: (key, bytes, condition) =>
      condition === undefined
        ? put(key, bytes, condition)
        : putUnderCondition({ get, put }, key, bytes, condition),
  };
}

type Put = (key: string, bytes: Uint8Array, condition: Condition | undefined) => Promise<string>;

async function putUnderCondition(
  { get, put }: { readonly get: S3Objects['get']; readonly put: Put },
  key: string,
  bytes: Uint8Array,
  condition: Condition,
): Promise<string | undefined> {
  for (let conflicts = 0; ; conflicts += 1) {
    try {
      return await put(key, bytes, condition);
    } catch (error) {
      if (!isConditionError(error)) throw error;
      // Our own write may have got through before: its answer was lost, and the retry found it there.
      const standing = await get(key);
      if (standing !== undefined && Buffer.compare(standing.bytes, bytes) === 0) return standing.etag;
      if (codeOf(error) !== conflict) return undefined;
      const still = 'etag' in condition ? standing?.etag === condition.etag : standing === undefined;
      if (!still) return undefined;
      if (conflicts >= mostConflicts) throw error;
    }
  }
}

async function listKeys(s3: S3, Bucket: string, Prefix: string, abortSignal: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  let more: { readonly ContinuationToken?: string } | undefined = {};
  while (more !== undefined) {
    const page: ListObjectsV2CommandOutput = await s3.listObjectsV2(
      { Bucket, Prefix, ...more },
      { abortSignal },
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
    const { NextContinuationToken: next } = page;
    more = next === undefined ? undefined : { ContinuationToken: next };
  }
  return keys;
}

async function read(s3: S3, Bucket: string, Key: string, abortSignal: AbortSignal): Promise<SharedObject> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const command = new GetObjectCommand({ Bucket, Key });
  let date = '';
  // The one clock that all machines share is that of S3, in the header of each answer.
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
      date = headers?.['date'] ?? '';
      return result;
    },
    { step: 'deserialize', name: 'readDate', priority: 'low' },
  );
  const answer = await s3.send(command, { abortSignal });
  const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
  const age = (Date.parse(date) - (answer.LastModified?.getTime() ?? Number.NaN)) / 1000;
  // Without both times nobody knows: then it counts as young.
  return { bytes, etag: answer.ETag ?? '', ageSeconds: Number.isFinite(age) ? age : 0 };
}

function headersOf(condition: Condition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return 'etag' in condition ? { IfMatch: condition.etag } : { IfNoneMatch: '*' };
}

function isConditionError(error: unknown): boolean {
  return ['PreconditionFailed', 'NoSuchKey', conflict].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function tooLate(resource: string, deadlineMs: number, cause: unknown): StoppedError {
  return new StoppedError(
    'StateUnreachable',
    `${resource} gave no answer in ${String(deadlineMs / 1000)} s`,
    {
      why: 'without its journal the tool changes nothing more',
      next: ['check the network and the bucket', 'rds2aurora resume'],
      resource,
      resumable: true,
      cause,
    },
  );
}
