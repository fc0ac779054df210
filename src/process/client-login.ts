import { readdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CredentialsError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { passfileLine } from './conninfo.js';
import { assertNetworkAddress } from './network-address.js';

export interface ClientLoginDependencies {
  /** Folder for files that live as long as a child process; made with mode 0700. */
  readonly directory: string;
  readonly readPassword: (secretId: string) => Promise<string>;
  readonly readCa: () => Promise<readonly string[]>;
  readonly applicationName: string;
}

/** Runs `work` with the environment by which pg_dump or pg_restore logs in. */
export type ClientLogin = <T>(
  server: ServerRef,
  settings: Readonly<Record<string, string>>,
  work: (environment: Readonly<Record<string, string>>) => Promise<T>,
) => Promise<T>;

const prefix = 'login-';

/** Folders that this process uses now: they go with it, also where no `finally` is come to, as at a second Ctrl-C. */
const inUse = new Set<string>();
const removeInUse = (): void => inUse.forEach((folder) => rmSync(folder, { recursive: true, force: true }));

/** The folder, in that of a run, that logins are made in. */
export function loginsOf(runDirectory: string): string {
  return join(runDirectory, 'logins');
}

/** Takes away what killed processes have left. Only for who holds the run, since nobody else may use a login of it then. */
export function removeLogins(directory: string): void {
  for (const name of namesIn(directory))
    if (name.startsWith(prefix)) rmSync(join(directory, name), { recursive: true, force: true });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * Passwords reach a child only through a 0600 file in a 0700 folder, which goes when the child has ended; what a killed
 * process left there goes before the next one is written.
 */
export function createClientLogin(dependencies: ClientLoginDependencies): ClientLogin {
  return async (server, settings, work) => {
    assertNetworkAddress(server);
    await mkdir(dependencies.directory, { recursive: true, mode: 0o700 });
    await removeLeftovers(dependencies.directory);
    const folder = await mkdtemp(join(dependencies.directory, `${prefix}${String(process.pid)}-`));
    if (!process.listeners('exit').includes(removeInUse)) process.once('exit', removeInUse);
    inUse.add(folder);
    try {
      return await work(await writeLogin(dependencies, folder, server, settings));
    } finally {
      await rm(folder, { recursive: true, force: true });
      inUse.delete(folder);
    }
  };
}

async function writeLogin(
  dependencies: ClientLoginDependencies,
  folder: string,
  server: ServerRef,
  settings: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const passfile = join(folder, 'passfile');
  const caFile = join(folder, 'ca.pem');
  const line = passfileLineOf(server, await dependencies.readPassword(server.secret));
  await writeFile(passfile, line, { mode: 0o600, flag: 'wx' });
  await writeFile(caFile, (await dependencies.readCa()).join('\n'), { mode: 0o600, flag: 'wx' });
  return {
    PATH: '/usr/bin:/bin',
    // Messages are matched by text; and libpq looks for certificates and services below HOME.
    LC_ALL: 'C',
    HOME: folder,
    TZ: 'UTC',
    PGPASSFILE: passfile,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: caFile,
    // Encryption by Kerberos would be tried first, and takes no notice of PGSSLMODE.
    PGGSSENCMODE: 'disable',
    PGCHANNELBINDING: 'prefer',
    PGAPPNAME: dependencies.applicationName,
    PGOPTIONS: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value.replace(/([\\\s])/g, '\\$1')}`)
      .join(' '),
  };
}

function passfileLineOf(server: ServerRef, password: string): string {
  try {
    return passfileLine(server, password);
  } catch (error) {
    throw new CredentialsError(
      'UnusablePassword',
      `the password in secret ${server.secret} holds a line break`,
      {
        why: 'pg_dump and pg_restore read it from a file with one line a login',
        next: ['set a master password without line breaks (RDS allows printable ASCII only)'],
        cause: error,
      },
    );
  }
}

/** Folders of processes that are gone; ours and those of a living process stay. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = /^login-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(directory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
