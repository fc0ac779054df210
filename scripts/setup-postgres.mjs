// Makes sure that PostgreSQL 17 with its client tools and pgvector can be found on this machine.
// Takes what is installed; else unpacks Debian's packages into the cache folder; else says what to install.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { advice } from './postgres/advice.mjs';
import { makeApt } from './postgres/apt.mjs';
import { readArchives, sourcesFor } from './postgres/apt-sources.mjs';
import { withLock } from './postgres/lock.mjs';
import { architecture, checkPrefix, unpack, wrapPrograms } from './postgres/prefix.mjs';
import { root } from './project.mjs';

const major = 17;
/** The Debian suite that carries this major with pgvector. */
const suite = 'trixie';
const wanted = [`postgresql-${major}`, `postgresql-client-${major}`, `postgresql-${major}-pgvector`];
/** Of everything these packages ask for, only libraries are needed, and none of Perl, LLVM or the login system. */
const needed = /^(postgresql-(client-)?17.*|lib.*|zlib1g)$/;
const notNeeded =
  /^lib(perl|json-perl|io-pty|ipc-run|text-|llvm|z3|pam-modules|db5|gdbm|c-|semanage-common|audit-common|debconf)/;

/** @returns {Promise<{ binDir: string, version: string, pgvector: string } | undefined>} */
async function findInstallation() {
  const compiled = join(root, 'dist', 'process', 'postgres-installations.js');
  if (!existsSync(compiled))
    spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  const { findPostgresInstallations } = await import(pathToFileURL(compiled).href);
  const all = await findPostgresInstallations();
  return all.find((one) => one.major === major && one.server && one.clients && one.pgvector);
}

async function cacheFolder() {
  const { readSearchPath } = await import(pathToFileURL(join(root, 'dist', 'config', 'search-path.js')).href);
  return readSearchPath().caches[0];
}

/** VERSION_CODENAME of a Debian that can fetch and unpack packages; undefined anywhere else. */
function debianSuite() {
  if (process.platform !== 'linux' || !architecture || !existsSync('/etc/os-release')) return undefined;
  const release = Object.fromEntries(
    readFileSync('/etc/os-release', 'utf8')
      .split('\n')
      .map((line) => line.replaceAll('"', '').split('=')),
  );
  const programs = ['apt-get', 'apt-config', 'dpkg'].every((name) => isExecutable(join('/usr/bin', name)));
  return programs && release.ID === 'debian' ? (release.VERSION_CODENAME ?? 'sid') : undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Unpacks beside the final place and renames at the end: what has the final name is whole. */
function unpackInto(cache, sources) {
  const work = mkdtempSync(join(tmpdir(), 'rds2aurora-apt-'));
  const prefix = mkdtempSync(join(cache, '.unpacking-'));
  try {
    const apt = makeApt(work, sources);
    apt.update();
    const closure = apt.closure(wanted);
    const names = [...closure.keys()].filter((name) => needed.test(name) && !notNeeded.test(name));
    unpack(apt.download(names), prefix);
    wrapPrograms(prefix, major);
    const problems = checkPrefix(prefix, major);
    if (problems.length > 0)
      throw new Error(`the unpacked programs cannot be used:\n  ${problems.join('\n  ')}`);
    // A server that root starts runs as another user, who must be able to read this.
    chmodSync(prefix, 0o755);
    const version = closure.get(`postgresql-${major}`).replace(/[^\w.+~-]/g, '_');
    const place = join(cache, `postgresql-${major}-${version}`);
    rmSync(place, { recursive: true, force: true });
    renameSync(prefix, place);
    return place;
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(prefix, { recursive: true, force: true });
  }
}

function unpackFromDebian(cache) {
  const own = debianSuite();
  const { base, security } = own ? sourcesFor(readArchives(), own, suite) : {};
  if (!base) return false;
  console.error(`setup: unpacking PostgreSQL ${major} with pgvector from Debian ${suite} into ${cache} …`);
  if (security) {
    try {
      return unpackInto(cache, [base, security]);
    } catch (error) {
      console.error(`setup: not from the security archive: ${error.message}`);
    }
  }
  return unpackInto(cache, [base]);
}

async function main() {
  if (await findInstallation()) return;
  const cache = await cacheFolder();
  mkdirSync(cache, { recursive: true });
  await withLock(join(cache, '.lock'), async () => {
    if (await findInstallation()) return;
    if (!unpackFromDebian(cache)) throw new Error(advice);
    const made = await findInstallation();
    if (!made)
      throw new Error(`PostgreSQL ${major} was unpacked into ${cache} but does not start from there`);
    console.error(
      `setup: PostgreSQL ${made.version} with pgvector ${made.pgvector} is ready in ${made.binDir}`,
    );
  });
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 10;
}
