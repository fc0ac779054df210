import { AwsError, type AwsStruct } from '../service.js';
import { decodeCbor } from './cbor.js';
import { decodeQuery } from './decode-query.js';
import { readRest } from './read-rest.js';
import type { Wire } from './wire.js';

/** An HTTP request with its whole body, already unzipped. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What a request asks for, before anybody has looked whether the caller may. */
export interface AwsRequest {
  readonly wire: Wire;
  /** Signing name from the credential scope, or told from the target when the request is not signed. */
  readonly service: string;
  readonly region: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly action: string;
  readonly contentType: string;
  readonly queryMode: boolean;
  /** @throws AwsError `SerializationException` when the body cannot be read. */
  input(): AwsStruct;
}

interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** Signature Version 4: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
function readScope(authorization: string): Scope | undefined {
  const match = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization);
  const [, accessKeyId, region, service] = match ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}

/** Tells protocol, service and action of a request from its headers, path and body. */
export function readRequest(request: RawRequest): AwsRequest {
  const scope = readScope(request.headers.authorization ?? '');
  const contentType = request.headers['content-type'] ?? '';
  const common = {
    service: scope?.service ?? '',
    region: scope?.region,
    accessKeyId: scope?.accessKeyId,
    contentType,
    queryMode: request.headers['x-amzn-query-mode'] === 'true',
  };
  return { ...common, ...readProtocol(request, scope?.service) };
}

type Protocol = Pick<AwsRequest, 'wire' | 'action' | 'input'> & { service?: string };

function readProtocol(request: RawRequest, service: string | undefined): Protocol {
  if (service === 's3') return { wire: 'rest', ...readRest(request) };
  const operation = /^\/service\/([^/]+)\/operation\/([^/?]+)/.exec(request.path);
  if (operation !== null && request.headers['smithy-protocol'] === 'rpc-v2-cbor') {
    const input = (): AwsStruct => guarded(() => decodeCbor(request.body));
    return { wire: 'cbor', action: operation[2] ?? '', input };
  }
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const action = target.slice(target.lastIndexOf('.') + 1);
    return { wire: 'json', action, input: () => guarded(() => parseJson(request.body)) };
  }
  return readForm(request, service === 'ec2' ? 'ec2' : 'query');
}

function readForm(request: RawRequest, wire: 'query' | 'ec2'): Protocol {
  const search = request.path.includes('?') ? request.path.slice(request.path.indexOf('?') + 1) : '';
  const form = request.method === 'GET' ? search : request.body.toString('utf8');
  const action = new URLSearchParams(form).get('Action') ?? '';
  return { wire, action, input: () => decodeQuery(form, wire) };
}

function parseJson(body: Buffer): AwsStruct {
  if (body.length === 0) return {};
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (!isStruct(value)) throw new Error('the body is not a JSON object');
  return value;
}

function isStruct(value: unknown): value is AwsStruct {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function guarded(decode: () => AwsStruct): AwsStruct {
  try {
    return decode();
  } catch (error) {
    throw new AwsError('SerializationException', error instanceof Error ? error.message : String(error));
  }
}
