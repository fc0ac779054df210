// pgcopydb of Debian trixie, unpacked into the project's cache; or the one of this machine.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSearchPath } from '../../dist/config/search-path.js';
import { withLock } from '../../scripts/postgres/lock.mjs';
import { wrapFolder } from '../../scripts/postgres/prefix.mjs';
import { unpackPackages } from '../../scripts/postgres/unpack-packages.mjs';

const suite = 'trixie';
const notNeeded = /^lib(perl|db5|gdbm)/;
const packages = {
  title: 'pgcopydb',
  wanted: ['pgcopydb'],
  keep: (name) => /^(pgcopydb|lib.*|zlib1g)$/.test(name) && !notNeeded.test(name),
  folder: 'pgcopydb',
  finish: (prefix) => {
    wrapFolder(join(prefix, 'usr'), '..');
    return problemsOf(join(prefix, 'usr', 'bin', 'pgcopydb'));
  },
};

/** @returns {Promise<{ program: string, version: string } | { why: string }>} */
export async function findPgcopydb() {
  const { programs, caches } = readSearchPath();
  const installed = programs.map((folder) => join(folder, 'pgcopydb')).find((file) => existsSync(file));
  const program = installed ?? findUnpacked(caches) ?? (await unpackOnce(caches[0]).catch((error) => error));
  if (program === undefined) return { why: 'not installed, and no packages of Debian can be had here' };
  if (program instanceof Error) return { why: program.message };
  const [problem] = problemsOf(program);
  return problem === undefined ? { program, version: readVersion(program) } : { why: problem };
}

function findUnpacked(caches) {
  const folders = caches.flatMap((cache) =>
    existsSync(cache)
      ? readdirSync(cache)
          .filter((name) => /^pgcopydb-\d/.test(name))
          .map((name) => join(cache, name))
      : [],
  );
  return folders.map((folder) => join(folder, 'usr', 'bin', 'pgcopydb')).find((file) => existsSync(file));
}

function unpackOnce(cache) {
  mkdirSync(cache, { recursive: true });
  return withLock(join(cache, '.lock'), () => {
    return findUnpacked([cache]) ?? (unpackPackages(cache, suite, packages) && findUnpacked([cache]));
  });
}

function problemsOf(program) {
  try {
    readVersion(program);
    return [];
  } catch (error) {
    return [`${program} does not start: ${String(error.stderr ?? error.message).trim()}`];
  }
}

/** Of a clean PATH: it looks at all of it, and what it may not read there ends it. */
function readVersion(program) {
  const options = { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' }, stdio: ['ignore', 'pipe', 'pipe'] };
  const output = execFileSync(program, ['--version'], options);
  return /pgcopydb version (\S+)/.exec(output)?.[1] ?? output.trim();
}
