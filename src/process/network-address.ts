import { PreconditionError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';

/**
 * An empty host would be taken from PGHOST, one with a slash or an at sign means a socket of this machine, where libpq asks
 * for no certificate, and one with commas means several servers (PostgreSQL: Connection Strings, host).
 * @throws PreconditionError unless the host is one name or address
 */
export function assertNetworkAddress({ host, database }: ServerRef): void {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/.test(host)) return;
  throw new PreconditionError(
    'NoServerAddress',
    host === '' ? `the server of database ${database} has no address` : `${host} is no address of a server`,
    {
      why: 'a certificate can be held only against one DNS name or one IP address',
      next: [
        "aws rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus,Endpoint]' shows whether there is an endpoint yet",
      ],
      resumable: true,
    },
  );
}
