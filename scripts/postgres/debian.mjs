// PostgreSQL out of Debian's packages, in a folder of its own.
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApt } from './apt.mjs';
import { readArchives, sourcesFor } from './apt-sources.mjs';
import { isUnpacked, packagesOf } from './editions.mjs';
import { buildVector } from './pgvector.mjs';
import { architecture, checkPrefix, unpack, wrapPrograms } from './prefix.mjs';

/**
 * Asks the archives that this machine's own apt uses for the suite of the edition, and unpacks it below `cache`.
 * @param {import('./editions.mjs').Edition} edition
 * @returns {boolean} false where that is not possible on this system. @throws when it should have been, but failed
 */
export function unpackFromDebian(edition, cache) {
  const own = debianSuite();
  const archives = own ? readArchives() : [];
  const { base, security } = own ? sourcesFor(archives, own, edition.suite) : {};
  if (!base) return false;
  console.error(`setup: unpacking PostgreSQL ${edition.major} from Debian ${edition.suite} into ${cache} …`);
  const also = (suite) => (suite ? [sourcesFor(archives, own, suite).base] : []);
  const vector = also(edition.vectorSource).map((line) => line.replace(/^deb /, 'deb-src '));
  const sources = [base, ...also(edition.libraries), ...vector];
  if (security) {
    try {
      unpackInto(cache, edition, [...sources, security]);
      return true;
    } catch (error) {
      console.error(`setup: not from the security archive: ${error.message}`);
    }
  }
  unpackInto(cache, edition, sources);
  return true;
}

/** VERSION_CODENAME of a Debian that can fetch and unpack packages; undefined anywhere else. */
export function debianSuite() {
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
function unpackInto(cache, edition, sources) {
  const { major, suite, vectorSource } = edition;
  const work = mkdtempSync(join(tmpdir(), 'rds2aurora-apt-'));
  const prefix = mkdtempSync(join(cache, '.unpacking-'));
  try {
    const apt = makeApt(work, sources);
    apt.update();
    const closure = apt.closure(packagesOf(edition));
    unpack(apt.download([...closure.keys()].filter((name) => isUnpacked(name, major))), prefix);
    wrapPrograms(prefix, major);
    if (vectorSource) tryVector({ apt, prefix, major, suite, work });
    const problems = checkPrefix(prefix, major, { withVector: !vectorSource });
    if (problems.length > 0)
      throw new Error(`the unpacked programs cannot be used:\n  ${problems.join('\n  ')}`);
    // A server that root starts runs as another user, who must be able to read this.
    chmodSync(prefix, 0o755);
    const version = closure.get(`postgresql-${major}`).replace(/[^\w.+~-]/g, '_');
    const place = join(cache, `postgresql-${major}-${version}`);
    rmSync(place, { recursive: true, force: true });
    renameSync(prefix, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(prefix, { recursive: true, force: true });
  }
}

/** Without pgvector this edition is worth having all the same. */
function tryVector(place) {
  try {
    buildVector(place);
  } catch (error) {
    console.error(`setup: PostgreSQL ${place.major} goes without pgvector: ${error.message}`);
  }
}
