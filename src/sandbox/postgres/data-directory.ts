import { createHash } from 'node:crypto';
import { access, chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerInstallation } from './server-installation.js';
import { reservedRolesSql } from './reserved-roles.js';
import { runProgram, type Account } from './run-program.js';

/** The first of these that this machine knows; RDS uses en_US.UTF-8. */
const locales = ['en_US.UTF-8', 'C.UTF-8', 'C'];

/** Makes a folder that the server's account owns, closed to others as PostgreSQL demands. */
export async function makeServerFolder(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (account) await chown(path, account.uid, account.gid);
}

/** Runs statements in the server's single-user mode, as its superuser: needs no listener, and no server may run there. */
export async function runInSingleUserMode(
  installation: ServerInstallation,
  directory: string,
  statements: readonly string[],
  account: Account | undefined,
): Promise<void> {
  const settings = {
    exit_on_error: 'true',
    fsync: 'off',
    log_checkpoints: 'off',
    password_encryption: 'scram-sha-256',
    config_file: `${directory}/postgresql.conf`,
  };
  const args = [
    '--single',
    '-j',
    '-D',
    directory,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // With -j a semicolon and an empty line end a statement.
  const input = statements.map((statement) => `${statement};\n\n`).join('');
  await runProgram(installation.postgres, [...args, 'postgres'], { account, input });
}

/** Copies a data directory of a stopped server; where the file system can, without copying its blocks. */
export async function copyDataDirectory(
  from: string,
  to: string,
  account: Account | undefined,
): Promise<void> {
  const preserving = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-Rp'];
  await runProgram('cp', [...preserving, from, to], { account });
  await rm(join(to, 'postmaster.pid'), { force: true });
}

async function initialize(
  installation: ServerInstallation,
  directory: string,
  account: Account | undefined,
): Promise<void> {
  const args = [
    '-D',
    directory,
    '-U',
    'rdsadmin',
    '--data-checksums',
    '--encoding=UTF8',
    '--auth=reject',
    '--no-sync',
    ...(installation.major >= 14 ? ['--no-instructions'] : []),
  ];
  let failure: unknown;
  for (const locale of locales) {
    try {
      await runProgram(join(installation.binDir, 'initdb'), [...args, `--locale=${locale}`], { account });
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * A data directory as RDS hands it out, before its master user. Made once and kept in `cache`, because initdb takes
 * longer than all the rest. The name says what is in it, so that another version or other roles make another one.
 */
export async function findTemplate(
  installation: ServerInstallation,
  cache: string,
  account: Account | undefined,
): Promise<string> {
  const roles = reservedRolesSql(installation.major);
  const digest = createHash('sha256')
    .update(JSON.stringify([installation.binDir, locales, roles]))
    .digest('hex')
    .slice(0, 12);
  const template = join(cache, `data-${installation.version}-${digest}`);
  if (await exists(template)) return template;
  await makeServerFolder(cache, account);
  const draft = await mkdtemp(join(cache, 'draft-'));
  if (account) await chown(draft, account.uid, account.gid);
  const directory = join(draft, 'data');
  await initialize(installation, directory, account);
  await runInSingleUserMode(installation, directory, roles, account);
  // Somebody else may have been quicker; theirs is as good.
  await rename(directory, template).catch(async (error: unknown) => {
    if (!(await exists(template))) throw error;
  });
  await rm(draft, { recursive: true, force: true });
  return template;
}
