// Makes sure that PostgreSQL 17 with its client tools and pgvector can be found on this machine; with --tests also an older
// major, where it can be had. Takes what is installed; else unpacks Debian's packages into the cache folder; else says what to install.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { advice } from './postgres/advice.mjs';
import { unpackFromDebian } from './postgres/debian.mjs';
import { editionsFor } from './postgres/editions.mjs';
import { withLock } from './postgres/lock.mjs';
import { forget, readLack, writeLack } from './postgres/lacks.mjs';
import { root } from './project.mjs';

/**
 * An edition without a package of pgvector may go without, but then it has to be the cache's: that one has tried.
 * @returns {Promise<{ binDir: string, version: string, pgvector: string | undefined } | undefined>}
 */
async function findInstallation({ major, vectorSource }, cache) {
  const compiled = join(root, 'dist', 'process', 'postgres-installations.js');
  if (!existsSync(compiled))
    spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  const { findPostgresInstallations } = await import(pathToFileURL(compiled).href);
  const all = await findPostgresInstallations();
  return all.find(
    (one) =>
      one.major === major &&
      one.server &&
      one.clients &&
      (one.pgvector || (vectorSource && one.binDir.startsWith(cache))),
  );
}

async function cacheFolder() {
  const { readSearchPath } = await import(pathToFileURL(join(root, 'dist', 'config', 'search-path.js')).href);
  return readSearchPath().caches[0];
}

async function provide(edition, cache) {
  if (await findInstallation(edition, cache)) return;
  if (!edition.needed && readLack(cache, edition)) return;
  mkdirSync(cache, { recursive: true });
  await withLock(join(cache, '.lock'), async () => {
    if (await findInstallation(edition, cache)) return;
    if (!unpackFromDebian(edition, cache)) throw new Error(adviceFor(edition));
    const made = await findInstallation(edition, cache);
    if (!made)
      throw new Error(`PostgreSQL ${edition.major} was unpacked into ${cache} but does not start from there`);
    forget(cache, edition);
    const vector = made.pgvector ? `with pgvector ${made.pgvector}` : 'without pgvector';
    console.error(`setup: PostgreSQL ${made.version} ${vector} is ready in ${made.binDir}`);
  });
}

const adviceFor = ({ needed, major }) =>
  needed ? advice : `no archive of this machine offers PostgreSQL ${major} in a form that can be unpacked`;

/** Tests that want an edition which is only wished for tell that they are skipped, and why. */
async function provideIfPossible(edition, cache) {
  try {
    await provide(edition, cache);
  } catch (error) {
    console.error(`setup: goes on without PostgreSQL ${edition.major}: ${error.message}`);
    writeLack(cache, edition, error.message);
  }
}

try {
  for (const edition of editionsFor(process.argv.includes('--tests'))) {
    const cache = await cacheFolder();
    await (edition.needed ? provide(edition, cache) : provideIfPossible(edition, cache));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 10;
}
