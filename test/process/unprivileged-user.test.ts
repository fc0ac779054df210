import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findUnprivilegedUser } from '../../src/process/unprivileged-user.js';

let folder: string;
let accounts: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-'));
  accounts = join(folder, 'passwd');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an ordinary user needs no other user', async () => {
  expect(await findUnprivilegedUser(false, accounts)).toBeUndefined();
});

test('root takes postgres before nobody', async () => {
  await writeFile(
    accounts,
    'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/x\npostgres:x:101:104::/:/x\n',
  );
  expect(await findUnprivilegedUser(true, accounts)).toEqual({ name: 'postgres', uid: 101, gid: 104 });
});

test('a negative id, as macOS writes it, becomes the unsigned one of the kernel', async () => {
  await writeFile(accounts, 'nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n');
  expect(await findUnprivilegedUser(true, accounts)).toEqual({
    name: 'nobody',
    uid: 4294967294,
    gid: 4294967294,
  });
});

test('root without any such user is told what to do', async () => {
  await writeFile(accounts, 'root:x:0:0::/root:/bin/sh\n');
  await expect(findUnprivilegedUser(true, accounts)).rejects.toThrow('run as an ordinary user');
});
