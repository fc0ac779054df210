import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { SearchPath } from '../config/search-path.js';

/** Each place where packagers put PostgreSQL's programs: parent folder, pattern of its entries, folder below them. */
const layouts = [
  { parent: '/usr/lib/postgresql', entry: /^\d+$/, below: 'bin' }, // Debian, Ubuntu, PGDG apt
  { parent: '/usr', entry: /^pgsql-\d+$/, below: 'bin' }, // PGDG dnf
  { parent: '/usr/libexec', entry: /^postgresql\d+$/, below: '' }, // Alpine
  { parent: '/opt/homebrew/opt', entry: /^postgresql@\d+$/, below: 'bin' }, // Homebrew, Apple silicon
  { parent: '/usr/local/opt', entry: /^postgresql@\d+$/, below: 'bin' }, // Homebrew, Intel
  { parent: '/home/linuxbrew/.linuxbrew/opt', entry: /^postgresql@\d+$/, below: 'bin' },
  { parent: '/Applications/Postgres.app/Contents/Versions', entry: /^\d+$/, below: 'bin' },
] as const;

/** Folders that may hold PostgreSQL's programs: the project's cache, PATH, then the packagers' places; each once. */
export async function listProgramFolders(searchPath: SearchPath): Promise<string[]> {
  const cached = await Promise.all(searchPath.caches.map(listCached));
  const packaged = await Promise.all(
    layouts.map(({ parent, entry, below }) => listBelow(parent, entry, below)),
  );
  const folders = [...cached.flat(), ...searchPath.programs, ...packaged.flat()];
  return listDistinct(folders);
}

async function listCached(cache: string): Promise<string[]> {
  const prefixes = await listBelow(cache, /^postgresql-\d+-/, join('usr', 'lib', 'postgresql'));
  const folders = await Promise.all(prefixes.map((prefix) => listBelow(prefix, /^\d+$/, 'bin')));
  return folders.flat();
}

async function listBelow(parent: string, entry: RegExp, below: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => entry.test(name)).map((name) => join(parent, name, below));
}

/** By real path: /bin is often a link to /usr/bin. */
async function listDistinct(folders: readonly string[]): Promise<string[]> {
  const byRealPath = new Map<string, string>();
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined && !byRealPath.has(real)) byRealPath.set(real, folder);
  }
  return [...byRealPath.values()];
}
