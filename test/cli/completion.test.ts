import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Config } from '@oclif/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCompletedCommands } from '../../src/cli/completed-commands.js';
import { renderCompletion } from '../../src/cli/completion-script.js';
import Completion from '../../src/commands/completion.js';
import { projectRoot, runCommand } from './captured.js';

const run = promisify(execFile);
const commands = listCompletedCommands(await Config.load({ root: projectRoot }));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-completion-'));
  for (const name of ['rag-aaaaaa', 'rag-bbbbbb', '$(touch hostile)', 'x y'])
    await mkdir(join(folder, 'project', '.rds2aurora', 'runs', name), { recursive: true });
  await writeFile(join(folder, 'completion.bash'), renderCompletion('bash', 'rds2aurora', commands));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What bash offers for the words; the last one is being completed. */
async function complete(words: readonly string[], cwd = join(folder, 'project')): Promise<string[]> {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rds2aurora; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run(
    'bash',
    ['--norc', '-uc', script, 'bash', join(folder, 'completion.bash'), 'rds2aurora', ...words],
    { cwd, env: { PATH: process.env['PATH'] } },
  );
  return stdout.split('\n').filter((line) => line !== '');
}

describe('in bash', () => {
  it('knows the commands and their second words', async () => {
    expect(await complete(['st'])).toEqual(['status']);
    expect(await complete(['migrate', ''])).toEqual(['dump-restore', 'fresh', 'snapshot']);
    expect(await complete(['completion', 'z'])).toEqual(['zsh']);
    expect(await complete([''])).toHaveLength(new Set(commands.map(({ words }) => words.split(' ')[0])).size);
  });

  it('knows the flags of each command, and the values of those that have a choice', async () => {
    expect(await complete(['status', '--w'])).toEqual(['--watch']);
    expect(await complete(['runs', 'prune', '--ol'])).toEqual(['--older-than']);
    expect(await complete(['migrate', 'fresh', '--no-'])).toEqual(['--no-final-snapshot']);
    expect(await complete(['runs', '--state', 'rol'])).toEqual(['rolling-back', 'rolled-back']);
    expect(await complete(['report', '--format', '=', 'h'])).toEqual(['html']);
    expect(await complete(['report', '--format', '='])).toEqual(['markdown', 'html', 'json']);
  });

  it('knows the runs of the folder, and lets no folder name be run as a command', async () => {
    expect(await complete(['status', ''])).toEqual(['rag-aaaaaa', 'rag-bbbbbb']);
    expect(await complete(['rollback', '--dry-run', 'rag-b'])).toEqual(['rag-bbbbbb']);
    const { stdout } = await run('ls', ['-a', join(folder, 'project')]);
    expect(stdout).not.toContain('hostile');
  });

  it('looks beside the configuration file that is named', async () => {
    const config = 'project/rds2aurora.yaml';
    expect(await complete(['status', ''], folder)).toEqual([]);
    expect(await complete(['status', '--config', config, 'rag-a'], folder)).toEqual(['rag-aaaaaa']);
    expect(await complete(['status', '--config', '=', config, 'rag-a'], folder)).toEqual(['rag-aaaaaa']);
    expect(await complete(['status', `--config=${config}`, 'rag-a'], folder)).toEqual(['rag-aaaaaa']);
  });

  it('offers nothing for a value that it cannot know, nor for a command that takes no run', async () => {
    expect(await complete(['status', '--profile', ''])).toEqual([]);
    expect(await complete(['validate', ''])).toEqual([]);
    expect(await complete(['nothing', ''])).toEqual([]);
  });
});

it('keeps to POSIX in the part that all shells share, and without a quote that would end that of fish', async () => {
  const bash = renderCompletion('bash', 'rds2aurora', commands);
  const shared = bash.slice(bash.indexOf('\n') + 1, bash.lastIndexOf('_rds2aurora() {'));
  expect(shared).not.toContain("'");
  const { stdout } = await run(
    'sh',
    ['-euc', `${shared}\n_rds2aurora_candidates "$@"`, 'sh', 'status', 'ra'],
    {
      cwd: join(folder, 'project'),
    },
  );
  expect(stdout).toBe('rag-aaaaaa\nrag-bbbbbb\n');
  for (const shell of ['zsh', 'fish'] as const)
    expect(renderCompletion(shell, 'rds2aurora', commands).split('\n').length).toBeGreaterThan(
      shared.split('\n').length,
    );
});

it('prints the script for the shell that is named, and refuses another', async () => {
  const printed = await runCommand(Completion, ['fish']);
  expect([printed.exitCode, printed.stdout.split('\n')[0]]).toEqual([
    0,
    '# Completion of rds2aurora for fish: rds2aurora completion fish | source',
  ]);
  expect((await runCommand(Completion, ['tcsh'])).exitCode).toBe(2);
});
