import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClientLogin, removeLogins } from '../../src/process/client-login.js';

const run = promisify(execFile);
const server = { host: 'db.example', port: 5432, database: 'ragdb', user: 'raguser', secret: 's' };
let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'rds2aurora-login-')), 'logins');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function login(password = 'pa:ss') {
  const readPassword = (): Promise<string> => Promise.resolve(password);
  return createClientLogin({
    directory,
    readPassword,
    readCa: () => Promise.resolve(['CA']),
    applicationName: 'rds2aurora/r',
  });
}

test('the password is in a 0600 file of a 0700 folder and nowhere else, and goes when the child has ended', async () => {
  const passfile = await login()(server, { lock_timeout: '1 s' }, async (environment) => {
    const path = environment['PGPASSFILE'] ?? '';
    expect(Object.values(environment).join('\n')).not.toContain('pa:ss');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(await readFile(path, 'utf8')).toBe('db.example:5432:*:raguser:pa\\:ss\n');
    expect(environment).toMatchObject({ PGSSLMODE: 'verify-full', PGOPTIONS: '-c lock_timeout=1\\ s' });
    return path;
  });
  await expect(stat(passfile)).rejects.toThrow('ENOENT');
});

test('it goes when the work fails', async () => {
  await expect(login()(server, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(directory)).toEqual([]);
});

test('what a killed process left goes at the next start, what a living one needs stays', async () => {
  await mkdir(join(directory, 'login-999999999-x'), { recursive: true });
  await writeFile(join(directory, 'login-999999999-x', 'passfile'), 'secret');
  await mkdir(join(directory, `login-${String(process.pid)}-y`));
  await login()(server, {}, () => Promise.resolve());
  expect(await readdir(directory)).toEqual([`login-${String(process.pid)}-y`]);
});

test('whoever holds the run takes away all that was left, though another process has that number now', async () => {
  const left = join(directory, `login-${String(process.ppid)}-x`);
  await mkdir(left, { recursive: true });
  await writeFile(join(left, 'passfile'), 'secret');
  removeLogins(directory);
  expect(await readdir(directory)).toEqual([]);
});

test('it goes with a process that is ended outright', async () => {
  const module = new URL('../../dist/process/client-login.js', import.meta.url).href;
  const program = `
    const { createClientLogin } = await import(${JSON.stringify(module)});
    const text = () => Promise.resolve('p');
    const login = createClientLogin({
      directory: ${JSON.stringify(directory)}, readPassword: text, readCa: async () => [], applicationName: 'a',
    });
    await login(${JSON.stringify(server)}, {}, async ({ PGPASSFILE }) => {
      console.log(PGPASSFILE);
      process.exit(0);
    });`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  const passfile = stdout.trim();
  expect(passfile).toMatch(/passfile$/);
  await expect(stat(passfile)).rejects.toThrow('ENOENT');
});

test('a password with a line break is refused, not cut', async () => {
  await expect(login('a\nb')(server, {}, () => Promise.resolve())).rejects.toMatchObject({
    code: 'UnusablePassword',
    exitCode: 4,
  });
});
