import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findInitFile, nameSchema } from '../../src/cli/init-file.js';
import Init from '../../src/commands/init.js';
import { runCommand } from './captured.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-init-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('asks nobody without a terminal: exit code 5, in text and in JSON', async () => {
  const config = ['--config', join(folder, 'rds2aurora.yaml'), '--region', 'us-east-1'];
  const text = await runCommand(Init, config);
  expect([text.exitCode, text.stderr]).toEqual([5, expect.stringContaining('AnswersMissing')]);
  const json = await runCommand(Init, [...config, '--json']);
  expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([
    5,
    expect.objectContaining({ ok: false, next: [expect.stringContaining('--yes')] }),
  ]);
});

it('refuses a folder that is not there', async () => {
  const file = join(folder, 'missing', 'rds2aurora.yaml');
  const ended = await runCommand(Init, ['--yes', '--config', file, '--region', 'us-east-1']);
  expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining('NoSuchFolder')]);
});

it('writes the file that other commands would find', async () => {
  expect(findInitFile(folder, undefined)).toBe(join(folder, 'rds2aurora.yaml'));
  await writeFile(join(folder, 'rds2aurora.yml'), '');
  expect(findInitFile(folder, undefined)).toBe(join(folder, 'rds2aurora.yml'));
  await writeFile(join(folder, 'rds2aurora.yaml'), '');
  expect(findInitFile(folder, undefined)).toBe(join(folder, 'rds2aurora.yaml'));
  expect(findInitFile(folder, 'other.yaml')).toBe(join(folder, 'other.yaml'));
});

it('names the schema from within the project, and whole from without', () => {
  const schema = 'schemas/config.schema.json';
  expect(nameSchema('/work/project/node_modules/rds2aurora', '/work/project/rds2aurora.yaml')).toBe(
    `./node_modules/rds2aurora/${schema}`,
  );
  expect(nameSchema('/work/project', '/work/project/examples/rag/rds2aurora.yaml')).toBe(`../../${schema}`);
  expect(nameSchema('/usr/lib/node_modules/rds2aurora', '/home/me/work/rag/app/rds2aurora.yaml')).toBe(
    `/usr/lib/node_modules/rds2aurora/${schema}`,
  );
});
