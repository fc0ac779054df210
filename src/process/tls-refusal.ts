import { MigrationError } from '../errors.js';
import type { ErrorDetails } from '../errors.js';

interface Reason {
  /** What Node's TLS (its codes), the driver or libpq says. */
  readonly told: RegExp;
  readonly why: string;
  readonly next: string;
}

const another = 'use the endpoint that AWS shows, and look who else could answer at that address';

/** The first that fits. libpq tells of every certificate that it cannot follow to an authority in the same words. */
const reasons: readonly Reason[] = [
  {
    told: /does not support SSL/,
    why: 'the server, or something before it, does not speak TLS, and nothing is ever sent in the clear',
    next: another,
  },
  {
    told: /CERT_HAS_EXPIRED|certificate has expired/,
    why: 'its certificate, or the authority that signed it, has expired',
    next: 'give the instance a certificate that is valid: aws rds modify-db-instance --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately',
  },
  {
    told: /CERT_NOT_YET_VALID|not yet valid/,
    why: 'its certificate is not valid yet',
    next: 'compare the clock of this machine with the right time',
  },
  {
    told: /ALTNAME|HOSTNAME_MISMATCH|does not match host name|Hostname\/IP does not match/,
    why: 'its certificate is for another host',
    next: another,
  },
  {
    told: /channel binding/i,
    why: 'the server that checked the password is not the one that showed the certificate: somebody is in between',
    next: another,
  },
  {
    told: /SELF_SIGNED|UNABLE_TO_|CERT_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|certificate verify failed/,
    why: 'its certificate is not valid by any authority that is trusted here',
    next: 'set tls.caFile to the authorities of that server: for RDS the bundle of its Region, for the sandbox what `rds2aurora sandbox env` prints',
  },
  {
    told: /PROTOCOL|protocol version|unsupported protocol|wrong version|no protocols available/i,
    why: 'TLS 1.2 is the least that is accepted',
    next: 'raise ssl_min_protocol_version in the parameter group of the server',
  },
  {
    told: /ERR_TLS|ERR_SSL|establishing an SSL connection|SSL negotiation|during SSL exchange|after SSL response|root certificate file/,
    why: 'what answered does not do TLS as PostgreSQL does',
    next: another,
  },
];

/**
 * The error for a server that could not prove who it is; undefined when `told` is about something else.
 * @param told what the driver or a client program said, with its code
 * @param where `host:port/database`
 */
export function findTlsRefusal(
  told: string,
  where: string,
  details: ErrorDetails = {},
): MigrationError | undefined {
  const reason = reasons.find((one) => one.told.test(told));
  if (reason === undefined) return undefined;
  return new MigrationError('TlsRefused', `the identity of ${where} could not be proven: ${told}`, {
    ...details,
    why: `${reason.why}. There is no mode without this proof`,
    next: [reason.next],
    resource: where,
    resumable: true,
  });
}
