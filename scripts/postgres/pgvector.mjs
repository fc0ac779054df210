// pgvector for a major version that Debian has no package of: its source package, compiled against the server's headers.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listForeignLibraries } from './prefix.mjs';

/** It takes about ten seconds; a machine on which it takes longer than this can do without. */
const patience = 60_000;

/** As upstream's Makefile has them, for any processor of the architecture. Sums may be reordered: that is what makes it fast. */
const options =
  '-O2 -fPIC -w -D_GNU_SOURCE -ftree-vectorize -fassociative-math -fno-signed-zeros -fno-trapping-math';

/**
 * Puts library, control file and scripts where CREATE EXTENSION looks for them, or throws and leaves nothing.
 * @param {{ apt: ReturnType<typeof import('./apt.mjs').makeApt>, prefix: string, major: number, suite: string, work: string }} place
 */
export function buildVector({ apt, prefix, major, suite, work }) {
  requireCompiler();
  const headers = join(work, 'headers');
  mkdirSync(headers);
  // Those of any minor version do, and archives of security updates do not always keep them.
  const packages = [`postgresql-server-dev-${major}`, 'libpq-dev'].map((name) => `${name}/${suite}`);
  for (const deb of apt.download(packages, 'headers-debs')) execFileSync('dpkg', ['-x', deb, headers]);
  const source = apt.source('pgvector');
  compile(source, join(headers, 'usr', 'include', 'postgresql'), major);
  const library = join(prefix, 'usr', 'lib', 'postgresql', String(major), 'lib', 'vector.so');
  copyFileSync(join(source, 'vector.so'), library);
  const foreign = listForeignLibraries(prefix, [library]);
  if (foreign.length > 0) {
    rmSync(library);
    throw new Error(`it was compiled for another C library: ${foreign.join(', ')}`);
  }
  installScripts(source, join(prefix, 'usr', 'share', 'postgresql', String(major), 'extension'));
}

function requireCompiler() {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
  } catch {
    throw new Error('Debian has no package of it, and there is no C compiler (cc) to build it with');
  }
}

/** Two at a time, by xargs: it ends with an error when one of them does. */
function compile(source, include, major) {
  const files = readdirSync(join(source, 'src')).filter((name) => name.endsWith('.c'));
  const how = { cwd: join(source, 'src'), timeout: patience };
  const paths = [`-I${join(include, String(major), 'server')}`, `-I${include}`];
  execFileSync('xargs', ['-n', '1', '-P', '2', 'cc', ...options.split(' '), ...paths, '-c'], {
    ...how,
    input: files.join('\n'),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const objects = files.map((name) => name.replace(/c$/, 'o'));
  execFileSync('cc', ['-shared', '-o', join(source, 'vector.so'), ...objects, '-lm'], how);
}

function installScripts(source, extensions) {
  const control = join(source, 'vector.control');
  const version = /^default_version = '([^']+)'/m.exec(readFileSync(control, 'utf8'))?.[1];
  copyFileSync(control, join(extensions, 'vector.control'));
  copyFileSync(join(source, 'sql', 'vector.sql'), join(extensions, `vector--${version}.sql`));
  const upgrades = readdirSync(join(source, 'sql')).filter((name) => /^vector--.*--.*\.sql$/.test(name));
  for (const name of upgrades) copyFileSync(join(source, 'sql', name), join(extensions, name));
}
