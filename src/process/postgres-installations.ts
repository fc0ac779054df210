import { execFile } from 'node:child_process';
import { access, constants, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { readSearchPath, type SearchPath } from '../config/search-path.js';
import { listProgramFolders } from './postgres-folders.js';

const run = promisify(execFile);

/** One set of PostgreSQL programs found on this machine. */
export interface PostgresInstallation {
  readonly major: number;
  /** As the programs print it, e.g. `17.10`. */
  readonly version: string;
  readonly binDir: string;
  /** initdb, pg_ctl and postgres are there. */
  readonly server: boolean;
  /** pg_dump, pg_restore and psql are there. */
  readonly clients: boolean;
  /** Default version of the vector extension, when its control file is there. */
  readonly pgvector: string | undefined;
}

const serverPrograms = ['initdb', 'pg_ctl', 'postgres'] as const;
const clientPrograms = ['pg_dump', 'pg_restore', 'psql'] as const;

/** Every installation that works, newest first; within one version those with pgvector, then those that are whole. */
export async function findPostgresInstallations(
  searchPath: SearchPath = readSearchPath(),
): Promise<PostgresInstallation[]> {
  const folders = await listProgramFolders(searchPath);
  const found = await Promise.all(folders.map(inspect));
  return found.filter((one) => one !== undefined).sort(newestFirst);
}

async function inspect(binDir: string): Promise<PostgresInstallation | undefined> {
  const server = await hasAll(binDir, serverPrograms);
  const clients = await hasAll(binDir, clientPrograms);
  if (!server && !clients) return undefined;
  const version = await readVersion(join(binDir, server ? 'postgres' : 'pg_dump'));
  if (version === undefined) return undefined;
  const major = Number.parseInt(version, 10);
  return { major, version, binDir, server, clients, pgvector: await readPgvector(binDir, major) };
}

async function hasAll(binDir: string, programs: readonly string[]): Promise<boolean> {
  const present = await Promise.all(programs.map((program) => isProgram(join(binDir, program))));
  return present.every(Boolean);
}

/** Debian's /usr/bin/psql is a Perl wrapper that picks a version by itself; the real ones lie elsewhere. */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return basename(await realpath(path)) !== 'pg_wrapper';
  } catch {
    return false;
  }
}

async function readVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ['--version']);
    return /\(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

async function readPgvector(binDir: string, major: number): Promise<string | undefined> {
  for (const folder of await listShareFolders(binDir, major)) {
    const control = await readFile(join(folder, 'extension', 'vector.control'), 'utf8').catch(() => '');
    const version = /^\s*default_version\s*=\s*'([^']+)'/m.exec(control)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** pg_config knows; it may be missing (PGDG keeps it in the -devel package), so the usual layouts follow. */
async function listShareFolders(binDir: string, major: number): Promise<string[]> {
  const told = await run(join(binDir, 'pg_config'), ['--sharedir']).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  const version = String(major);
  return [
    ...told,
    join(binDir, '..', 'share'),
    join(binDir, '..', 'share', 'postgresql'),
    join(binDir, '..', 'share', `postgresql@${version}`),
    join(binDir, '..', '..', '..', '..', 'share', 'postgresql', version),
  ];
}

function newestFirst(one: PostgresInstallation, other: PostgresInstallation): number {
  return (
    compareVersions(other.version, one.version) ||
    Number(other.pgvector !== undefined) - Number(one.pgvector !== undefined) ||
    Number(other.server && other.clients) - Number(one.server && one.clients)
  );
}

function compareVersions(one: string, other: string): number {
  const [oneMajor = 0, oneMinor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return oneMajor - otherMajor || oneMinor - otherMinor;
}
