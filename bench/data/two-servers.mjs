// A source and a target server of this project's own making, set up as RDS does it: TLS only, and a master user who is
// no superuser. Unlike the sandbox's they keep what they acknowledge, and have memory as a small instance has.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSessions } from '../../dist/postgres/session.js';
import { findPostgresInstallations } from '../../dist/process/postgres-installations.js';
import { createCertificateAuthority } from '../../dist/sandbox/postgres/certificate-authority.js';
import { PostgresRuntime } from '../../dist/sandbox/postgres/postgres-runtime.js';

const major = 17;
const parameters = {
  fsync: 'on',
  full_page_writes: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  maintenance_work_mem: '512MB',
};

export async function startTwoServers() {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  // The user that servers run as has to get through.
  await chmod(directory, 0o711);
  const authority = createCertificateAuthority();
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  const password = randomBytes(12).toString('hex');
  const runtime = await PostgresRuntime.create({ directory, authority });
  const start = async () => {
    const volume = await runtime.createVolume(major, { username: 'master', password });
    return runtime.startServer(volume, await runtime.allotAddress(5432), { parameters, forceSsl: true });
  };
  const [source, target] = [await start(), await start()];
  const sessions = createSessions({
    readPassword: () => Promise.resolve(password),
    readCa: () => Promise.resolve([authority.certificate]),
    applicationName: 'bench',
  });
  return {
    directory,
    caFile,
    password,
    sessions,
    clients: await findClients(),
    source: serverRef(source),
    target: serverRef(target),
    /** As the superuser, on both. */
    checkpoint: () => Promise.all([source, target].map((server) => server.query('CHECKPOINT'))),
    stop: async () => {
      await runtime.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @param {{ listener: { host: string, port: number } }} server */
const serverRef = ({ listener: { host, port } }) => ({
  host,
  port,
  database: 'rag',
  user: 'master',
  secret: 'bench',
});

async function findClients() {
  const found = (await findPostgresInstallations()).find((one) => one.clients && one.major === major);
  if (!found) throw new Error(`PostgreSQL ${major} clients are missing: npm run setup`);
  return { major, version: found.version, binDir: found.binDir };
}
