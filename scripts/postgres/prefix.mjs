// From .deb files to programs that run anywhere: each is started through the loader and libraries of its own prefix,
// because its C library may be newer than this system's.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const architectures = {
  x64: { loader: 'ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
  arm64: { loader: 'ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
};

export const architecture = architectures[process.arch];

export function unpack(debs, prefix) {
  for (const deb of debs) execFileSync('dpkg', ['-x', deb, prefix]);
  mergeLibraries(prefix);
}

/** Before trixie some of Debian's packages put their libraries into /lib, which is a link to /usr/lib on an installed system. */
function mergeLibraries(prefix) {
  const above = join(prefix, architecture.libraries.replace(/^usr\//, ''));
  if (existsSync(above)) execFileSync('cp', ['-a', `${above}/.`, join(prefix, architecture.libraries)]);
  for (const name of ['lib', 'lib64']) rmSync(join(prefix, name), { recursive: true, force: true });
}

/** Wraps every program of `usr/lib/postgresql/MAJOR/bin`; the real ones move to the folder `elf` beside it. */
export function wrapPrograms(prefix, major) {
  const home = join(prefix, 'usr', 'lib', 'postgresql', String(major));
  // Just-in-time compilation needs 120 MB of LLVM and would not be used by what we do.
  for (const name of readdirSync(join(home, 'lib'))) {
    if (name.startsWith('llvmjit') || name === 'bitcode')
      rmSync(join(home, 'lib', name), { recursive: true });
  }
  wrapFolder(home, '../../../..');
}

/** Wraps every program of `home/bin`. `up`: the way from `home` to the prefix. */
export function wrapFolder(home, up) {
  renameSync(join(home, 'bin'), join(home, 'elf'));
  mkdirSync(join(home, 'bin'));
  for (const name of readdirSync(join(home, 'elf'))) {
    writeFileSync(join(home, 'bin', name), wrapper(name, up));
    chmodSync(join(home, 'bin', name), 0o755);
  }
}

/** `--argv0` keeps PostgreSQL finding its share and lib folders, and pg_ctl finding postgres. */
function wrapper(name, up) {
  return `#!/bin/sh
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
home=\${self%/bin/*}
prefix=$home/${up}
exec "$prefix/${architecture.libraries}/${architecture.loader}" --argv0 "$self" --library-path "$prefix/${architecture.libraries}" "$home/elf/${name}" "$@"
`;
}

/** @returns {string[]} what is wrong with the prefix; empty when it may be used */
export function checkPrefix(prefix, major, { withVector }) {
  const home = join(prefix, 'usr', 'lib', 'postgresql', String(major));
  const problems = [];
  for (const program of ['initdb', 'postgres', 'pg_ctl', 'pg_dump', 'pg_restore', 'psql']) {
    try {
      execFileSync(join(home, 'bin', program), ['--version'], { stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      problems.push(`${program} does not start: ${String(error.stderr ?? error.message).trim()}`);
    }
  }
  if (withVector && !existsSync(join(home, 'lib', 'vector.so'))) problems.push('pgvector is missing');
  const programs = readdirSync(join(home, 'elf')).map((name) => join(home, 'elf', name));
  const modules = readdirSync(join(home, 'lib')).filter((name) => name.endsWith('.so'));
  const files = [...programs, ...modules.map((name) => join(home, 'lib', name))];
  return [...problems, ...listForeignLibraries(prefix, files)];
}

/** Asks the loader itself where each library of the files would come from: all must lie in the prefix. */
export function listForeignLibraries(prefix, files) {
  const foreign = new Set();
  for (const file of files) {
    for (const line of listLibraries(prefix, file)) {
      if (line.includes('not found')) foreign.add(`${line.trim()}`);
      const path = /=> (\/\S+)/.exec(line)?.[1];
      if (path && !path.startsWith(prefix)) foreign.add(`${path} would be taken from the system`);
    }
  }
  return [...foreign];
}

function listLibraries(prefix, file) {
  const options = ['--library-path', join(prefix, architecture.libraries), '--list', file];
  const loader = join(prefix, architecture.libraries, architecture.loader);
  return execFileSync(loader, options, { encoding: 'utf8' }).split('\n');
}
