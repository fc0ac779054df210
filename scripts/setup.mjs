// Everything a fresh clone needs before its first command, with --tests also what only tests want; says nothing and takes a second when nothing is to be done.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildStamp, root } from './project.mjs';

const oldestNode = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  fail(
    `Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}: see https://nodejs.org`,
  );
}

/** Compares what npm says it installed with the lock file; times would lie after a checkout. */
function dependenciesAreCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || (have[path] ? have[path].version === version : optional || devOptional),
  );
}

function installDependencies() {
  const modules = join(root, 'node_modules');
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
    fail(`${modules} is a link and does not match package-lock.json: run npm ci where it points to`);
  }
  console.error('setup: installing dependencies (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** A folder's own time changes when a file in it comes or goes. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function buildIsCurrent() {
  if (!existsSync(buildStamp)) return false;
  const sources = ['src', 'tsconfig.json', 'package-lock.json'].map((name) => newest(join(root, name)));
  return Math.max(...sources) <= statSync(buildStamp).mtimeMs;
}

function run(program, args) {
  // stdout belongs to the command that comes after the set-up.
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(error ? `${program}: ${error.message}` : undefined, status ?? 1);
}

function fail(message, status = 10) {
  if (message) console.error(`setup: ${message}`);
  process.exit(status);
}

checkNode();
if (!dependenciesAreCurrent()) installDependencies();
if (!buildIsCurrent()) {
  console.error('setup: compiling …');
  run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
}
run(process.execPath, [join(root, 'scripts', 'setup-postgres.mjs'), ...process.argv.slice(2)]);
