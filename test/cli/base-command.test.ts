import { Flags } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { BaseCommand, type Outcome } from '../../src/cli/base-command.js';
import { envelopeSchema } from '../../src/cli/envelope-schema.js';
import * as errors from '../../src/errors.js';
import { runCommand } from './captured.js';

/** A command that throws or returns what the test says. */
function commandThat(perform: () => Outcome<unknown>) {
  return class Probe extends BaseCommand<unknown> {
    static override id = 'migrate:probe';
    static override flags = { level: Flags.integer() };

    protected override async perform(): Promise<Outcome<unknown>> {
      await this.parse(Probe);
      return perform();
    }
  };
}

function throwing(error: unknown) {
  return commandThat(() => {
    throw error;
  });
}

const problem = { code: 'Empty', what: 'the target is not empty', why: 'it holds tables', fix: 'drop it' };
const everyError: readonly (readonly [string, unknown, number])[] = [
  ['MigrationError', new errors.MigrationError('X', 'x'), 1],
  ['UsageError', new errors.UsageError('X', 'x'), 2],
  ['ConfigError', new errors.ConfigError('x', ['a', 'b']), 2],
  ['BlockedError', new errors.BlockedError('x', [problem]), 3],
  ['CredentialsError', new errors.CredentialsError('X', 'x'), 4],
  ['ConfirmationError', new errors.ConfirmationError('X', 'x'), 5],
  ['StaleError', new errors.StaleError('X', 'x'), 6],
  ['LockedError', new errors.LockedError('X', 'x'), 7],
  ['VerifyError', new errors.VerifyError('X', 'x'), 8],
  ['StoppedError', new errors.StoppedError('X', 'x'), 9],
  ['PreconditionError', new errors.PreconditionError('X', 'x'), 10],
  ['JournalError', new errors.JournalError('X', 'x'), 1],
  ['a bug', new TypeError('x is not a function'), 70],
  ['a thrown string', 'oops', 70],
  ['SIGINT', new errors.InterruptedError('SIGINT'), 130],
  ['SIGTERM', new errors.InterruptedError('SIGTERM'), 143],
];

describe('a command that fails', () => {
  it('is tried with every class of error there is', () => {
    const classes = Object.values(errors).filter((value) => typeof value === 'function');
    const tried = new Set(everyError.map(([, error]) => (error as object).constructor));
    expect(classes.filter((one) => !tried.has(one))).toEqual([]);
  });

  it.each(everyError)('exits alike in text and JSON: %s', async (_, error, exitCode) => {
    const text = await runCommand(throwing(error), []);
    const json = await runCommand(throwing(error), ['--json']);
    expect([text.exitCode, json.exitCode]).toEqual([exitCode, exitCode]);
    expect(text.stdout).toBe('');
    expect(text.stderr).toContain('✖');
    expect(json.stderr).toBe('');
    const envelope = envelopeSchema.parse(JSON.parse(json.stdout));
    expect(envelope).toMatchObject({ ok: false, command: 'migrate probe', exitCode });
  });

  it('prints an envelope for a bad flag as well', async () => {
    const { stdout, exitCode } = await runCommand(throwing(undefined), ['--level', 'high', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { code: 'InvalidUsage', changed: false },
    });
  });

  it('says what, why and what to do next', async () => {
    const error = new errors.CredentialsError('ExpiredToken', 'AWS refused DescribeDBClusters', {
      ...{ why: 'the session has expired', next: ['aws sso login'], step: 'await-target', requestId: 'r-1' },
      ...{ resource: 'rag-cluster', resumable: true, changed: true },
    });
    const text = await runCommand(throwing(error), []);
    expect(text.stderr.split('\n')).toEqual([
      '✖ AWS refused DescribeDBClusters  ExpiredToken',
      '  Why     the session has expired',
      '  About   step await-target, rag-cluster, AWS request r-1',
      '  State   Something was changed in AWS or in a database by this command.',
      '  Next    aws sso login',
      '',
    ]);
    const json = await runCommand(throwing(error), ['--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'ExpiredToken', step: 'await-target', requestId: 'r-1', resumable: true, changed: true },
      next: ['aws sso login'],
    });
  });

  it('calls an unknown error a bug of the tool and shows where it was thrown', async () => {
    const { stderr } = await runCommand(throwing(new TypeError('x is not a function')), []);
    expect(stderr).toContain('This is a bug in rds2aurora');
    expect(stderr).toContain('base-command.test.ts');
  });

  it('lists every problem with its fix', async () => {
    const { stderr } = await runCommand(throwing(new errors.BlockedError('blocked', [problem])), []);
    expect(stderr).toContain(
      '  • the target is not empty  Empty\n      why: it holds tables\n      fix: drop it\n',
    );
  });

  it('writes no escape byte to a pipe, also when foreign text holds one', async () => {
    const error = new errors.MigrationError('X', 'bad \u001b[31mname\u0007', {
      why: '\u009b2J',
      next: ['a\u001bb'],
    });
    const text = await runCommand(throwing(error), []);
    const json = await runCommand(throwing(error), ['--json']);
    // Controls other than the line break.
    expect(`${text.stderr}${json.stdout}`).not.toMatch(/[^\P{Cc}\n]/u);
    expect(text.stderr).toContain('bad \\x1b[31mname\\x07');
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { what: 'bad \u001b[31mname\u0007', why: '\u009b2J' },
    });
  });
});

describe('a command that succeeds', () => {
  const outcome = {
    result: { rows: 3 },
    text: () => '3 rows',
    run: 'rag-a1b2c3',
    next: ['rds2aurora status'],
  };

  it('prints its result to stdout and nothing else', async () => {
    expect(
      await runCommand(
        commandThat(() => outcome),
        [],
      ),
    ).toEqual({ stdout: '3 rows\n', stderr: '', exitCode: 0 });
  });

  it('prints the same in the envelope', async () => {
    const { stdout, stderr } = await runCommand(
      commandThat(() => outcome),
      ['--json'],
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      schema: 'rds2aurora/result@1',
      command: 'migrate probe',
      ok: true,
      run: 'rag-a1b2c3',
      exitCode: 0,
      result: { rows: 3 },
      next: ['rds2aurora status'],
    });
  });

  it('shows result and failure together when it has both', async () => {
    const failure = new errors.VerifyError('Different', '1 item differs');
    const command = commandThat(() => ({ ...outcome, failure }));
    const text = await runCommand(command, []);
    const json = await runCommand(command, ['--json']);
    expect(text).toMatchObject({ stdout: '3 rows\n', exitCode: 8 });
    expect(json.exitCode).toBe(8);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      result: { rows: 3 },
      error: { code: 'Different' },
    });
  });
});
