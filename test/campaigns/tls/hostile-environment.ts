import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Everything in the environment of a process by which Node's TLS, the driver or libpq can be talked into less than a
 * proof of who the server is (PostgreSQL: Environment Variables, The Connection Service File, SSL Support).
 * @param caFile PEM of an authority that nobody should believe
 */
export async function makeHostileEnvironment(
  folder: string,
  caFile: string,
): Promise<Readonly<Record<string, string>>> {
  const [services, home] = [join(folder, 'services'), join(folder, 'home')];
  await mkdir(join(home, '.postgresql'), { recursive: true });
  await mkdir(services, { recursive: true });
  const service = '[weak]\nsslmode=disable\ngssencmode=disable\nhost=127.0.0.1\n';
  await writeFile(join(services, 'pg_service.conf'), service);
  await writeFile(join(home, '.pg_service.conf'), service);
  await writeFile(join(home, '.psqlrc'), '\\! touch psqlrc-was-read\n');
  return {
    HOME: home,
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_EXTRA_CA_CERTS: caFile,
    NODE_OPTIONS: '--use-openssl-ca --tls-min-v1.0',
    SSL_CERT_FILE: caFile,
    SSL_CERT_DIR: folder,
    PGSSLMODE: 'disable',
    PGREQUIRESSL: '0',
    PGSSLROOTCERT: caFile,
    PGSSLNEGOTIATION: 'direct',
    PGSSLMINPROTOCOLVERSION: 'TLSv1',
    PGSSLMAXPROTOCOLVERSION: 'TLSv1.1',
    PGSSLCERTMODE: 'disable',
    PGSSLSNI: '0',
    PGGSSENCMODE: 'prefer',
    PGCHANNELBINDING: 'disable',
    PGREQUIREAUTH: 'password',
    PGHOST: '127.0.0.1',
    PGHOSTADDR: '127.0.0.1',
    PGPORT: '1',
    PGUSER: 'somebody',
    PGDATABASE: 'elsewhere',
    PGPASSWORD: 'another-password',
    PGSERVICE: 'weak',
    PGSERVICEFILE: join(services, 'pg_service.conf'),
    PGSYSCONFDIR: services,
    PGTARGETSESSIONATTRS: 'standby',
    PGOPTIONS: '-c default_transaction_read_only=off',
  };
}
