// pgcopydb of Debian trixie, unpacked into the project's cache; or the one of this machine.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSearchPath } from '../../dist/config/search-path.js';
import { readArchives, sourcesFor } from '../../scripts/postgres/apt-sources.mjs';
import { makeApt } from '../../scripts/postgres/apt.mjs';
import { debianSuite } from '../../scripts/postgres/debian.mjs';
import { isUnpacked } from '../../scripts/postgres/editions.mjs';
import { withLock } from '../../scripts/postgres/lock.mjs';
import { unpack, wrapFolder } from '../../scripts/postgres/prefix.mjs';

const suite = 'trixie';

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
  return withLock(join(cache, '.lock'), () => findUnpacked([cache]) ?? unpackInto(cache));
}

/** Undefined where no packages of Debian can be had. */
function unpackInto(cache) {
  const own = debianSuite();
  const { base } = own ? sourcesFor(readArchives(), own, suite) : {};
  if (!base) return undefined;
  const work = mkdtempSync(join(tmpdir(), 'rds2aurora-apt-'));
  const prefix = mkdtempSync(join(cache, '.unpacking-'));
  try {
    const apt = makeApt(work, [base]);
    apt.update();
    const closure = apt.closure(['pgcopydb']);
    const isWanted = (name) => name === 'pgcopydb' || isUnpacked(name);
    unpack(apt.download([...closure.keys()].filter(isWanted)), prefix);
    wrapFolder(join(prefix, 'usr'), '..');
    const place = join(cache, `pgcopydb-${closure.get('pgcopydb')}`);
    renameSync(prefix, place);
    return findUnpacked([cache]);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(prefix, { recursive: true, force: true });
  }
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
