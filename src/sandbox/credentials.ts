import { accessDenied, expiredToken, invalidKey, notSigned } from './http/front-errors.js';
import type { AwsRequest } from './http/read-request.js';
import type { Caller } from './service.js';

/**
 * Who calls, told by the access key id alone; any secret will do. Ids that start with `EXPIRED`, `DENIED` or `INVALID`
 * are refused as AWS refuses expired, unauthorised and unknown credentials.
 * @throws AwsError in the spelling of the request's protocol.
 */
export function authenticate(request: AwsRequest, accountId: string, region: string): Caller {
  const { accessKeyId, wire } = request;
  if (accessKeyId === undefined) throw notSigned(wire);
  if (accessKeyId.startsWith('EXPIRED')) throw expiredToken(wire);
  if (accessKeyId.startsWith('INVALID')) throw invalidKey(wire);
  const arn = `arn:aws:iam::${accountId}:user/${accessKeyId}`;
  if (accessKeyId.startsWith('DENIED') && !needsNoPermission(request)) {
    throw accessDenied(wire, arn, `${request.service}:${request.action}`);
  }
  return { accountId, arn, region: request.region ?? region };
}

/** "No permissions are required to perform this operation" (AWS STS API Reference, GetCallerIdentity). */
function needsNoPermission({ service, action }: AwsRequest): boolean {
  return service === 'sts' && action === 'GetCallerIdentity';
}
