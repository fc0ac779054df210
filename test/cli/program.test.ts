import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { envelopeSchema } from '../../src/cli/envelope-schema.js';
import { listExitCodes } from '../../src/cli/exit-code-meanings.js';
import { createJsonSchemas } from '../../src/cli/output-schemas.js';
import { exitCodes } from '../../src/errors.js';
import { projectRoot, type Captured } from './captured.js';

/** The program as users start it. */
function start(...argv: string[]): Promise<Captured> {
  const env = { ...process.env, NODE_ENV: 'production' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(projectRoot, 'bin', 'run.js'), ...argv],
      { env },
      (error, stdout, stderr) => {
        resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code) });
      },
    );
  });
}

async function listCommands() {
  const config = await Config.load({ root: projectRoot });
  return config.commands;
}

describe('the program', () => {
  it.each([
    ['an unknown command', ['migrat', '--json'], 'UnknownCommand'],
    ['an unknown flag', ['runs', '--nope', '--json'], 'InvalidUsage'],
    ['a missing argument', ['unlock', '--json'], 'InvalidUsage'],
  ])('answers %s with an envelope and exit code 2', async (_, argv, code) => {
    const { stdout, stderr, exitCode } = await start(...argv);
    expect([exitCode, stderr]).toEqual([2, '']);
    expect(envelopeSchema.parse(JSON.parse(stdout))).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { code },
    });
  });

  it('suggests the command that was probably meant', async () => {
    const { stdout, stderr, exitCode } = await start('rnus');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('did you mean runs?');
  });

  it('lists its commands in its help, and writes no escape byte to a pipe', async () => {
    const { stdout, exitCode } = await start('--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}status /m);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('every command', () => {
  it('says what it does, and its flags and arguments do', async () => {
    const silent = (await listCommands()).flatMap(({ id, summary, args, flags }) => [
      ...(summary ? [] : [id]),
      ...Object.values(args).flatMap(({ name, description }) => (description ? [] : [`${id} ${name}`])),
      ...Object.values(flags).flatMap((flag) =>
        (flag.summary ?? flag.description) ? [] : [`${id} --${flag.name}`],
      ),
    ]);
    expect(silent).toEqual([]);
  });

  it('has --json', async () => {
    const without = (await listCommands()).filter(({ flags }) => !('json' in flags));
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});

describe('what is committed', () => {
  it.each([...createJsonSchemas()])('is the schema of today: %s', (name, schema) => {
    const committed: unknown = JSON.parse(
      readFileSync(join(projectRoot, 'schemas', `${name}.schema.json`), 'utf8'),
    );
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('is the list of commands and flags of today', async () => {
    const committed = JSON.parse(readFileSync(join(projectRoot, 'schemas', 'commands.json'), 'utf8')) as {
      command: string;
      flags: { name: string }[];
    }[];
    const today = (await listCommands())
      .map(({ id, flags }) => [id.replaceAll(':', ' '), Object.keys(flags).sort()])
      .sort();
    expect(
      committed.map(({ command, flags }) => [command, flags.map(({ name }) => name).sort()]).sort(),
    ).toEqual(today);
  });

  it('explains every exit code', () => {
    const page = readFileSync(join(projectRoot, 'docs', 'exit-codes.md'), 'utf8');
    expect(listExitCodes().map(({ code }) => code)).toEqual(Object.values(exitCodes).sort((a, b) => a - b));
    for (const { code, meaning } of listExitCodes())
      expect(page).toContain(`| ${String(code)} | ${meaning} |`);
  });
});
