import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDeployCommand } from '../../src/process/deploy-command.js';

async function run(script: string, ...args: string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-command-'));
  await writeFile(join(directory, 'deploy.mjs'), script);
  const lines: string[] = [];
  const command = createDeployCommand({
    directory,
    environment: { PATH: process.env['PATH'], STAGE: 'production', AWS_SECRET_ACCESS_KEY: 'abc/def' },
    listSecrets: () => Promise.resolve(['s3cret', 's3cret-and-more']),
  });
  const argv = [process.execPath, 'deploy.mjs', ...args];
  const result = await command.run({ argv, onLine: (line) => lines.push(line) });
  return { result, lines };
}

describe('the deploy command', () => {
  it('gets its arguments as they are, without a shell, and the environment', async () => {
    const script = 'console.log(process.argv.slice(2).join("|"), process.env.STAGE)';
    const { result, lines } = await run(script, 'a b', '$HOME; true', '*');
    expect(result).toEqual({ exitCode: 0, signal: undefined, problem: undefined });
    expect(lines).toEqual(['a b|$HOME; true|* production']);
  });

  it('is heard line by line on both outputs, with secrets scrubbed', async () => {
    const { lines } = await run(
      'console.log("pw s3cret-and-more s3cret"); console.error("key", process.env.AWS_SECRET_ACCESS_KEY)',
    );
    expect([...lines].sort()).toEqual(['key ***', 'pw *** ***']);
  });

  it('tells its exit code', async () => {
    expect((await run('process.exit(3)')).result).toMatchObject({ exitCode: 3 });
  });

  it('tells the signal that ended it', async () => {
    expect(
      (await run("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)")).result,
    ).toMatchObject({ signal: 'SIGTERM' });
  });

  it('says why it could not be started', async () => {
    const command = createDeployCommand({
      directory: tmpdir(),
      environment: {},
      listSecrets: () => Promise.resolve([]),
    });
    const result = await command.run({ argv: ['./no-such-script.sh'], onLine: () => undefined });
    expect(result.exitCode).toBeUndefined();
    expect(result.problem).toMatch(/no-such-script/);
  });

  it('tells beforehand what would keep it from starting', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'deploy-command-'));
    const script = '#!/bin/sh\n';
    await writeFile(join(directory, 'deploy.sh'), script);
    await mkdir(join(directory, 'bin'));
    await writeFile(join(directory, 'bin', 'deploy'), script, { mode: 0o755 });
    const { findObstacle } = createDeployCommand({
      directory,
      environment: { PATH: `/nowhere:${join(directory, 'bin')}` },
      listSecrets: () => Promise.resolve([]),
    });
    expect(await findObstacle('./bin/deploy')).toBeUndefined();
    expect(await findObstacle('deploy')).toBeUndefined();
    expect(await findObstacle('./deploy.sh')).toBe(`${join(directory, 'deploy.sh')} is not executable`);
    expect(await findObstacle('./gone.sh')).toBe(`there is no file ${join(directory, 'gone.sh')}`);
    expect(await findObstacle('gone')).toBe('no folder of PATH holds gone');
  });
});
