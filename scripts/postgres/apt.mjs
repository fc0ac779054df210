// A second, private apt: own lists, own status, own cache, all in a folder that is deleted afterwards.
// Nothing of the system is written, no root is needed, and apt checks signatures and hashes as always.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} folder an empty folder @param {string[]} sources lines of a sources list */
export function makeApt(folder, sources) {
  const makeFolder = (name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  for (const name of ['lists/partial', 'archives/partial']) makeFolder(name);
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), `${sources.join('\n')}\n`);
  writeFileSync(join(folder, 'apt.conf'), configuration(folder));
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };
  const run = (args, cwd = folder) => aptGet(args, { cwd, env });
  return {
    update: () => run(['update', '-qq', '-o', 'APT::Update::Error-Mode=any']),
    /** Names and versions of everything that `packages` need, themselves included. */
    closure: (packages) => parseSimulation(run(['-s', 'install', ...packages])),
    /** Downloads into a folder of that name and returns the paths of the .deb files. */
    download: (packages, into = 'debs') => {
      const debs = makeFolder(into);
      run(['download', '-qq', ...packages], debs);
      return readdirSync(debs).map((name) => join(debs, name));
    },
    /** Downloads what upstream released of a source package, and returns the folder it was unpacked into. */
    source: (name) => {
      const sources = makeFolder(`source-${name}`);
      run(['source', '-qq', '--download-only', name], sources);
      const archive = readdirSync(sources).find((file) => /\.orig\.tar\.\w+$/.test(file));
      const unpacked = makeFolder(`source-${name}/unpacked`);
      execFileSync('tar', ['-xf', join(sources, archive), '-C', unpacked, '--strip-components=1']);
      return unpacked;
    },
  };
}

/** @returns {Map<string, string>} version by package name */
export function parseSimulation(output) {
  const entries = [...output.matchAll(/^Inst (\S+) \((\S+)/gm)].map(([, name, version]) => [
    name.replace(/:.*/, ''),
    version,
  ]);
  return new Map(entries);
}

function aptGet(args, options) {
  const result = spawnSync('apt-get', args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`apt-get ${args[0]} failed: ${(result.stderr || String(result.error ?? '')).trim()}`);
}

function configuration(folder) {
  const settings = {
    // The system's own apt.conf has hooks (docker-clean, for one) that would reach outside of this folder.
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Log': folder,
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const own = Object.entries(settings).map(([name, value]) => `${name} "${value}";`);
  return `${[...own, ...transportSettings()].join('\n')}\n`;
}

/** Proxies and certificates of the system's apt, without which the archive may be out of reach. */
function transportSettings() {
  const dump = execFileSync('apt-config', ['dump'], { encoding: 'utf8' });
  return dump
    .split('\n')
    .filter((line) => /^Acquire::(http|https|ForceIPv4|ForceIPv6)\b.*"[^"]+";$/.test(line));
}
