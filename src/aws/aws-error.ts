import { CredentialsError, MigrationError, StoppedError, type ErrorDetails } from '../errors.js';

/** What an AWS error means to a caller, whatever service spoke it. */
export type AwsErrorKind =
  | 'NotFound'
  | 'AlreadyExists'
  | 'InvalidState'
  | 'Throttled'
  | 'Denied'
  | 'Credentials'
  | 'Quota'
  | 'Network'
  | 'Other';

/** An AWS call that was refused for a reason of its own. Credentials, throttling and network have other classes. */
export class AwsCallError extends MigrationError {
  constructor(
    readonly kind: AwsErrorKind,
    /** The call, e.g. `rds:CreateDBCluster`. */
    readonly action: string,
    /** What AWS said, without our words around it. */
    readonly awsMessage: string,
    code: string,
    details: ErrorDetails,
  ) {
    super(
      code,
      `${action}${details.resource === undefined ? '' : ` of ${details.resource}`} failed: ${awsMessage}`,
      details,
    );
  }
}

const throttling = new Set([
  'BandwidthLimitExceeded',
  'EC2Throttled',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'Throttled',
  'Throttling',
  'TooManyRequests',
  'TransactionInProgress',
]);

const credentials = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignature',
  'MissingAuthenticationToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClient',
]);

const network = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'InternalError',
  'InternalFailure',
  'RequestTimeout',
  'ServiceUnavailable',
  'TimeoutError',
]);

const byName: readonly (readonly [AwsErrorKind, (name: string) => boolean])[] = [
  ['Credentials', (name) => credentials.has(name)],
  ['Denied', (name) => /^(AccessDenied|AuthorizationError|UnauthorizedOperation|NotAuthorized)/.test(name)],
  ['Throttled', (name) => throttling.has(name)],
  ['Network', (name) => network.has(name)],
  ['Quota', (name) => /QuotaExceeded$|^LimitExceeded$|^Insufficient.*Capacity$/.test(name)],
  ['AlreadyExists', (name) => /AlreadyExists$|^ResourceExists$/.test(name)],
  ['NotFound', (name) => /NotFound$/.test(name)],
  ['InvalidState', (name) => /^Invalid.*Stat(e|us)$|NotActive$/.test(name)],
];

/**
 * Sorts an error by its name. AWS has two spellings of most (`DBInstanceNotFound` on the wire,
 * `DBInstanceNotFoundFault` in the SDK; `AccessDenied` in query APIs, `AccessDeniedException` in JSON ones).
 */
export function classifyAwsError(error: unknown): AwsErrorKind {
  const { name, code, status } = readAwsError(error);
  for (const candidate of [name, code]) {
    const plain = candidate.replace(/(Fault|Exception)$/, '');
    const match = byName.find(([, matches]) => matches(plain));
    if (match !== undefined) return match[0];
  }
  return status !== undefined && status >= 500 ? 'Network' : 'Other';
}

/** True for a refusal of that kind which a gateway may treat as an answer. */
export function isAwsError(error: unknown, kind: AwsErrorKind): error is AwsCallError {
  return error instanceof AwsCallError && error.kind === kind;
}

/**
 * Makes an AWS call and puts its error into our words.
 * @throws CredentialsError for missing, expired or denied credentials; StoppedError when throttling or the network
 * outlasted the retries; AwsCallError for every other refusal.
 */
export async function callAws<T>(
  action: string,
  resource: string | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateAwsError(error, action, resource);
  }
}

function translateAwsError(error: unknown, action: string, resource: string | undefined): unknown {
  if (error instanceof MigrationError) return error;
  const { name, message, requestId } = readAwsError(error);
  const code = name.replace(/Fault$/, '');
  const details: ErrorDetails = {
    cause: error,
    ...(resource === undefined ? {} : { resource }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  const kind = classifyAwsError(error);
  if (kind === 'Credentials' || kind === 'Denied') return refusal(kind, code, action, message, details);
  if (kind === 'Throttled' || kind === 'Network')
    return new StoppedError(code, `${action} got no answer after all retries: ${message}`, {
      ...details,
      why:
        kind === 'Throttled'
          ? 'AWS throttles this account'
          : 'The AWS endpoint could not be reached or failed',
      resumable: true,
    });
  return new AwsCallError(kind, action, message, code, { ...details, resumable: true });
}

function refusal(
  kind: 'Credentials' | 'Denied',
  code: string,
  action: string,
  message: string,
  details: ErrorDetails,
) {
  const principal = /\b(arn:aws[\w-]*:(?:iam|sts)::\d*:[^\s,]+)/.exec(message)?.[1] ?? 'the caller';
  return new CredentialsError(code, `${action} was refused for ${principal}: ${message}`, {
    ...details,
    why:
      kind === 'Denied'
        ? `${principal} lacks the permission ${action}`
        : 'The AWS credentials are missing, expired or wrong',
    next:
      kind === 'Denied'
        ? ['aws sts get-caller-identity', `allow ${action} for ${principal}`]
        : ['renew the credentials (for example: aws sso login)', 'aws sts get-caller-identity'],
    resumable: true,
  });
}

function readAwsError(error: unknown) {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const metadata = (fields['$metadata'] ?? {}) as { httpStatusCode?: number; requestId?: string };
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    name: text(fields['name']) || 'UnknownError',
    code: text(fields['code']),
    message: text(fields['message']) || text(fields['code']) || String(error),
    status: metadata.httpStatusCode,
    requestId: metadata.requestId,
  };
}
