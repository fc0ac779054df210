import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findState } from '../../src/config/find-state.js';
import { parseStateAddress } from '../../src/config/state-address.js';
import { temporaryFolder } from '../pipeline/harness.js';

function folder(text?: string): string {
  const cwd = temporaryFolder();
  if (text !== undefined) writeFileSync(join(cwd, 'rds2aurora.yaml'), text);
  return cwd;
}
const find = (cwd: string, env: Record<string, string> = {}) => findState({ cwd, path: undefined, env });

test('the place of the state is found in a configuration that is not whole', async () => {
  const cwd = folder('state: s3://team/rds2aurora\nregion: eu-west-1\nnonsense: 1\n');
  expect(await find(cwd)).toEqual({ state: 's3://team/rds2aurora', region: 'eu-west-1' });
  const env = { RDS2AURORA_STATE: 's3://other', RDS2AURORA_REGION: 'us-east-1' };
  expect(await find(cwd, env)).toEqual({ state: 's3://other', region: 'us-east-1' });
  expect(await find(folder(), env)).toEqual({ state: 's3://other', region: 'us-east-1' });
});

test('without a configuration, with one that cannot be read, and with one that says nothing, it is here', async () => {
  expect(await find(folder())).toBeUndefined();
  expect(await find(folder('state: [\n'))).toBeUndefined();
  expect(await find(folder('name: rag\n'))).toBeUndefined();
});

test.each([
  ['state: s3://Team/x', 'rds2aurora.yaml:1: state'],
  ['state: s3://team/../x', 'rds2aurora.yaml:1: state'],
  ['state: https://team/x', 'must be s3://bucket'],
  ['state: 7', 'expected a string'],
  ['state: s3://team', 'region: is missing'],
])('%s is refused with its place', async (text, problem) => {
  await expect(find(folder(`${text}\n`))).rejects.toMatchObject({
    exitCode: 2,
    problems: expect.arrayContaining([expect.stringContaining(problem)]) as unknown,
  });
});

test.each([
  ['s3://team', { bucket: 'team', prefix: '' }],
  ['s3://team/', { bucket: 'team', prefix: '' }],
  ['s3://team.x/a/b.c_d=e/', { bucket: 'team.x', prefix: 'a/b.c_d=e' }],
])('%s is taken apart', (address, parts) => {
  expect(parseStateAddress(address)).toEqual(parts);
});
