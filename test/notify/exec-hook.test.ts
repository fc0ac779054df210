import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExecHook } from '../../src/notify/exec-hook.js';
import { noticeSchema } from '../../src/notify/notice.js';
import { noticeOf } from './notices.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rds2aurora-hook-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function hookOf(script: string) {
  await writeFile(join(directory, 'hook.mjs'), script);
  const environment = { PATH: process.env['PATH'], STAGE: 'production' };
  return createExecHook({ argv: [process.execPath, 'hook.mjs', '$HOME; *'], directory, environment });
}

const never = new AbortController().signal;

describe('an exec hook', () => {
  it('gets the notice as JSON on stdin, its gist in variables, and its arguments as they are', async () => {
    const hook = await hookOf(`
      import { readFileSync, writeFileSync } from 'node:fs';
      const { RDS2AURORA_NOTIFICATION: event, RDS2AURORA_NOTIFICATION_RUN: run, STAGE } = process.env;
      const stdin = JSON.parse(readFileSync(0, 'utf8'));
      writeFileSync('told.json', JSON.stringify({ argument: process.argv[2], event, run, STAGE, stdin }));
    `);
    await hook.send(noticeOf(), never);
    const told = JSON.parse(await readFile(join(directory, 'told.json'), 'utf8')) as Record<string, unknown>;
    expect(told).toEqual({
      ...{ argument: '$HOME; *', event: 'failed', run: 'rag-a1b2c3', STAGE: 'production' },
      stdin: noticeSchema.parse(noticeOf()),
    });
  });

  it('need not read its stdin', async () => {
    const hook = await hookOf('process.stdin.destroy();');
    await expect(hook.send(noticeOf({ detail: 'x'.repeat(1_000_000) }), never)).resolves.toBeUndefined();
  });

  it('that fails says so by its exit code', async () => {
    const hook = await hookOf('process.exit(3)');
    await expect(hook.send(noticeOf(), never)).rejects.toThrow('it exited with code 3');
  });

  it('that is not there says so without its name', async () => {
    const hook = createExecHook({ argv: ['./no-such-hook', 'tok3n'], directory, environment: {} });
    await expect(hook.send(noticeOf(), never)).rejects.toThrow('it could not be started (ENOENT)');
  });

  it('that hangs is ended with all that it has started', async () => {
    const hook = await hookOf(`
      import { spawn } from 'node:child_process';
      import { renameSync, writeFileSync } from 'node:fs';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      writeFileSync('pids.draft', JSON.stringify([process.pid, child.pid]));
      renameSync('pids.draft', 'pids.json');
      setInterval(() => {}, 1000);
    `);
    const cap = new AbortController();
    const sent = hook.send(noticeOf(), cap.signal);
    const pids = JSON.parse(
      await expect
        .poll(() => readFile(join(directory, 'pids.json'), 'utf8').catch(() => ''), { timeout: 60_000 })
        .not.toBe('')
        .then(() => readFile(join(directory, 'pids.json'), 'utf8')),
    ) as number[];
    cap.abort(new Error('no end within 5 s'));
    await expect(sent).rejects.toThrow('no end within 5 s');
    for (const pid of pids) await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false);
  });
});

/** A process that has ended and that nobody has asked for is dead too. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/\) [ZX] /.test(stat);
}
