import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { PostgresInstallation } from '../../process/postgres-installations.js';
import { trustedExtensions } from './trusted-extensions.js';

/** Programs of one PostgreSQL version, with a server whose extensions the master user may create. */
export interface ServerInstallation {
  readonly major: number;
  readonly version: string;
  /** Where initdb and the client tools are. */
  readonly binDir: string;
  /** The server program to start. */
  readonly postgres: string;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The share folder, found as PostgreSQL does: relative to the program. */
async function findShareFolder({ binDir, major }: PostgresInstallation): Promise<string | undefined> {
  const up = (...names: string[]): string => join(binDir, '..', ...names);
  const candidates = [
    up('share'),
    up('share', 'postgresql'),
    up('share', `postgresql@${major}`),
    up('..', '..', '..', 'share', 'postgresql', String(major)),
  ];
  for (const folder of candidates)
    if (await exists(join(folder, 'extension', 'plpgsql.control'))) return folder;
  return undefined;
}

function commonFolder(one: string, other: string): string {
  const [ones, others] = [one.split(sep), other.split(sep)];
  const length = ones.findIndex((part, index) => part !== others[index]);
  return ones.slice(0, length).join(sep);
}

/** Makes `to` a folder of links to what is in `from`, except that the `own` paths below it become real, empty folders. */
async function mirrorFolder(from: string, to: string, own: readonly string[]): Promise<void> {
  await mkdir(to);
  if (own.includes('')) return;
  for (const name of await readdir(from)) {
    const below = own.filter((path) => path.split(sep)[0] === name).map((path) => relative(name, path));
    if (below.length > 0) await mirrorFolder(join(from, name), join(to, name), below);
    else await symlink(join(from, name), join(to, name));
  }
}

/** Links what RDS offers and leaves out what it does not; a control file that is not trusted yet becomes so. */
async function fillExtensions(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    const extension = name.split(/--|\.control$|\.sql$/)[0] ?? name;
    if (!trustedExtensions.has(extension)) continue;
    if (!name.endsWith('.control')) {
      await symlink(join(from, name), join(to, name));
      continue;
    }
    const control = (await readFile(join(from, name), 'utf8')).replace(/^\s*trusted\s*=.*$/gm, '');
    await writeFile(join(to, name), `${control}\ntrusted = true\n`);
  }
}

/**
 * On RDS a member of `rds_superuser` may create extensions that elsewhere need a superuser, `vector` among them. Here
 * the server runs from a folder of links to the real installation, in which only the control files differ: PostgreSQL
 * looks for them beside its own program, and a trusted extension asks for no more than CREATE on the database.
 */
export async function prepareInstallation(
  found: PostgresInstallation,
  cache: string,
): Promise<ServerInstallation> {
  const { major, version, binDir } = found;
  const share = await findShareFolder(found);
  if (!share) return { major, version, binDir, postgres: join(binDir, 'postgres') };
  const offered = await readdir(join(share, 'extension'));
  const digest = createHash('sha256')
    .update(JSON.stringify([binDir, [...trustedExtensions], offered]))
    .digest('hex')
    .slice(0, 12);
  const home = join(cache, `server-${version}-${digest}`);
  const base = commonFolder(binDir, share);
  // One level above the common folder stays in the path: the programs of an unpacked package find their loader there.
  const root = join(home, relative(dirname(base), base));
  const postgres = join(root, relative(base, binDir), 'postgres');
  if (!(await exists(postgres))) await buildServerFolder(home, cache, { base, binDir, share });
  return { major, version, binDir, postgres };
}

async function buildServerFolder(
  home: string,
  cache: string,
  { base, binDir, share }: { readonly base: string; readonly binDir: string; readonly share: string },
): Promise<void> {
  const draft = await mkdtemp(join(cache, 'draft-'));
  await chmod(draft, 0o755);
  const top = relative(dirname(base), base);
  const root = join(draft, top);
  const extensions = join(relative(base, share), 'extension');
  await mirrorFolder(base, root, [relative(base, binDir), extensions]);
  await fillExtensions(join(base, extensions), join(root, extensions));
  const program = join(root, relative(base, binDir), 'postgres');
  await copyFile(join(binDir, 'postgres'), program);
  await chmod(program, 0o755);
  await rename(draft, home).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(home))) throw error;
  });
}
