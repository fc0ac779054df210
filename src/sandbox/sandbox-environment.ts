import { join } from 'node:path';

/** Seconds between two looks of the product's poller against the real AWS; see `docs/architecture.md`. */
const pollSeconds = 15;
const shortestPollSeconds = 0.2;

/** File name of the CA certificate that the databases of a sandbox are signed with. */
export const caFileName = 'ca.pem';

/**
 * The environment that points AWS clients (`AWS_ENDPOINT_URL`), libpq (`PGSSLROOTCERT`), and what the product trusts and
 * how often it asks, at a sandbox. The credentials are made up; the sandbox never looks at the secret.
 */
export function sandboxEnvironment(
  endpoint: string,
  region: string,
  directory: string,
  speed: number,
): Record<string, string> {
  const caFile = join(directory, caFileName);
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    PGSSLROOTCERT: caFile,
    RDS2AURORA_TLS_CA_FILE: caFile,
    RDS2AURORA_POLL_SECONDS: String(Math.max(shortestPollSeconds, pollSeconds / speed)),
  };
}
