import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPostgresInstallations } from '../../src/process/postgres-installations.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'installations-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const server = ['initdb', 'pg_ctl', 'postgres'];
const clients = ['pg_dump', 'pg_restore', 'psql'];

async function makePrograms(binDir: string, programs: readonly string[], version: string): Promise<void> {
  await mkdir(binDir, { recursive: true });
  for (const program of programs) {
    await writeFile(
      join(binDir, program),
      `#!/bin/sh\necho "${program} (PostgreSQL) ${version} (somebody)"\n`,
    );
    await chmod(join(binDir, program), 0o755);
  }
}

/** The machine's own PostgreSQL is found as well; only what these tests made is looked at. */
async function findHere(): Promise<Awaited<ReturnType<typeof findPostgresInstallations>>> {
  const found = await findPostgresInstallations({
    programs: [join(folder, 'path')],
    caches: [join(folder, 'cache')],
  });
  return found.filter((one) => one.binDir.startsWith(folder));
}

test('finds what the set-up unpacked, with its pgvector, before what PATH has', async () => {
  const prefix = join(folder, 'cache', 'postgresql-17-17.10-1', 'usr');
  await makePrograms(join(prefix, 'lib', 'postgresql', '17', 'bin'), [...server, ...clients], '17.10');
  await mkdir(join(prefix, 'share', 'postgresql', '17', 'extension'), { recursive: true });
  await writeFile(
    join(prefix, 'share', 'postgresql', '17', 'extension', 'vector.control'),
    "comment = 'x'\ndefault_version = '0.8.0'\n",
  );
  await makePrograms(join(folder, 'path'), clients, '17.9');

  const found = await findHere();

  expect(found.map(({ version, pgvector }) => [version, pgvector])).toEqual([
    ['17.10', '0.8.0'],
    ['17.9', undefined],
  ]);
});

test('sorts minor versions by number and not by letter', async () => {
  await makePrograms(join(folder, 'path'), clients, '17.9');
  await makePrograms(join(folder, 'cache', 'postgresql-17-a', 'usr/lib/postgresql/17/bin'), clients, '17.10');
  expect((await findHere()).map((one) => one.version)).toEqual(['17.10', '17.9']);
});

test('tells servers and clients apart', async () => {
  await makePrograms(join(folder, 'path'), clients, '16.3');
  expect(await findHere()).toMatchObject([{ major: 16, server: false, clients: true }]);
});

test('passes over an unpacking that was never finished and programs that do not start', async () => {
  await makePrograms(join(folder, 'cache', '.unpacking-x', 'usr/lib/postgresql/17/bin'), server, '17.1');
  await makePrograms(join(folder, 'path'), clients, '16.3');
  await writeFile(join(folder, 'path', 'pg_dump'), '#!/bin/sh\nexit 127\n');
  expect(await findHere()).toEqual([]);
});

test("passes over Debian's wrapper, which picks a version by itself", async () => {
  await makePrograms(join(folder, 'share'), ['pg_wrapper'], '17.1');
  await mkdir(join(folder, 'path'));
  for (const program of clients)
    await symlink(join(folder, 'share', 'pg_wrapper'), join(folder, 'path', program));
  expect(await findHere()).toEqual([]);
});
