import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import { findClients } from '../postgres-server.js';
import { say } from '../say.js';
import { pathWithAwsCli } from './aws-cli.js';
import { expectExit, type World } from './harness.js';

/** The lines that `status --by-hand` shows for the newest run, in its order, without the names of the steps. */
export async function readHandLines(world: World): Promise<string[]> {
  const ended = await world.cli(['status', '--by-hand', '--offline']);
  expectExit(ended, 0);
  const [, shown = ''] = ended.stdout.split('Taking it back by hand, in this order:\n');
  const lines = shown.split('\n\n')[0]?.split('\n') ?? [];
  return lines.filter((line) => line.startsWith('    ')).map((line) => line.trim());
}

/**
 * Pastes all that `status --by-hand` shows into one bash, line by line, as a person would who has the AWS CLI, psql and
 * its settings; the next line follows when the shell has done with the one before.
 */
export async function pasteHandLines(world: World): Promise<readonly string[]> {
  const lines = await readHandLines(world);
  const shell = await openShell(world);
  try {
    for (const line of lines) {
      const { status, said } = await shell.paste(line);
      expect(status, `${line}\n${said}`).toBe(0);
    }
  } finally {
    await shell.close();
  }
  const commands = lines.filter((line) => !line.startsWith('#'));
  say(`by hand: ${commands.length} commands pasted, each ended with 0`);
  return lines;
}

async function openShell(world: World) {
  const folder = join(world.project, 'shell');
  await mkdir(folder, { recursive: true });
  const { binDir } = await findClients();
  const { password } = await readDatabaseAddress(world.sandbox.call, world.caFile);
  // The sandbox has another address than AWS; all else is as the note has it, the Region too.
  await writeFile(
    join(folder, 'aws'),
    `#!/bin/sh\nPATH='${pathWithAwsCli}' exec aws --endpoint-url "$SANDBOX" "$@"\n`,
  );
  await chmod(join(folder, 'aws'), 0o755);
  const { AWS_ENDPOINT_URL, AWS_REGION: _, AWS_DEFAULT_REGION: __, ...env } = world.sandbox.env;
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: {
      ...env,
      SANDBOX: AWS_ENDPOINT_URL,
      PATH: [folder, binDir, process.env['PATH'] ?? ''].join(delimiter),
      HOME: folder,
      PGPASSWORD: password,
      PGSSLMODE: 'verify-full',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    paste: async (line: string): Promise<{ status: number; said: string }> => {
      said.length = 0;
      child.stdin.write(`${line}\nprintf '\\n@ended %s\\n' $?\n`);
      for (;;) {
        const { value, done } = await output.next();
        if (done === true) throw new Error(`the shell has ended at ${line}\n${said.join('')}`);
        const [, status] = /^@ended (\d+)$/.exec(value) ?? [];
        if (status !== undefined) return { status: Number(status), said: said.join('') };
        said.push(`${value}\n`);
      }
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
    },
  };
}
