import { isIP } from 'node:net';
import { UsageError } from '../errors.js';

/**
 * SDK middleware (build step): refuses to sign and send a request in the clear to another machine. Whatever set the
 * endpoint (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_RDS, a profile), the request shows where it would go.
 * @throws UsageError
 */
export const endpointGuard =
  <Arguments extends { readonly request: unknown }, Result>(next: (args: Arguments) => Result) =>
  (args: Arguments): Result => {
    assertSafeDestination(args.request);
    return next(args);
  };

function assertSafeDestination(request: unknown): void {
  const { protocol, hostname } = (request ?? {}) as { protocol?: string; hostname?: string };
  if (protocol === 'https:' || (hostname !== undefined && isLoopback(hostname))) return;
  throw new UsageError(
    'UnsafeEndpoint',
    `the AWS endpoint ${protocol ?? ''}//${hostname ?? ''} is neither https nor loopback`,
    {
      why: 'Credentials and passwords would cross the network in the clear',
      next: ['set AWS_ENDPOINT_URL to an https address, to http://127.0.0.1:PORT, or unset it'],
      changed: false,
    },
  );
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
