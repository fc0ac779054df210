import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSharedStore } from '../../src/aws/shared-store.js';
import type { SharedStore } from '../../src/journal/shared-store.js';
import { compileForChildren } from '../pipeline/compile-for-children.js';
import { startSandboxProcess, type SandboxProcess } from './sandbox-process.js';

let sandbox: SandboxProcess;
let worker: ReturnType<typeof compileForChildren>;
let folders = 0;
beforeAll(async () => {
  sandbox = await startSandboxProcess();
  worker = compileForChildren('src/aws/shared-store-worker.ts');
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  worker.remove();
  await sandbox.stop();
});

function open(bucket = 'state', deadlineMs = 30_000): SharedStore {
  folders += 1;
  const place = { bucket, prefix: `p${String(folders)}` };
  const url = new URL(`file://${worker.program}`);
  return openSharedStore({ place, region: 'us-east-1', version: 'test', deadlineMs, worker: url });
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

test('a store is read and written while the caller waits', () => {
  const store = open();
  expect(store.name).toBe(`s3://state/p${String(folders)}`);
  expect(store.list('')).toEqual([]);
  expect(store.create('b', Buffer.from('1'))).toBe(true);
  expect(store.create('b', Buffer.from('2'))).toBe(false);
  store.put('a', Buffer.from('3'));
  store.put('a', Buffer.from('4'));
  expect(store.list('')).toEqual(['a', 'b']);
  expect(store.getAll(['b', 'a']).map(text)).toEqual(['1', '4']);
  expect(store.get('none')).toBeUndefined();
  expect(() => store.getAll(['none'])).toThrow('none is listed and not there');
  const { etag = '' } = store.get('a') ?? {};
  expect(store.replace('a', etag, { state: 'free' })).toBe(true);
  expect(store.replace('a', etag, { state: 'free' })).toBe(false);
});

test('a lease is held until somebody else writes, and is learnt of when its time is over', () => {
  const store = open();
  const lease = store.lease('lock', undefined, { who: 'me' }, 0.2);
  expect(store.lease('lock', undefined, { who: 'other' }, 60)).toBeUndefined();
  expect(lease?.isHeld()).toBe(true);
  const { etag = '' } = store.get('lock') ?? {};
  const other = overtake(store, etag);
  // However busy the machine is: either a renewal has failed already, or the next look makes one.
  while (lease?.isHeld() === true) store.get('lock');
  expect(lease?.isHeld()).toBe(false);
  lease?.release({ who: 'nobody' });
  expect(text(store.get('lock')?.bytes)).toContain('other');
  expect(other?.isHeld()).toBe(true);
  other?.release({ who: 'nobody' });
  expect(text(store.get('lock')?.bytes)).toContain('nobody');
});

/** The lease may be renewed between a look and a write: then it is tried again. */
function overtake(store: SharedStore, etag: string): ReturnType<SharedStore['lease']> {
  const lease = store.lease('lock', etag, { who: 'other' }, 60);
  return lease ?? overtake(store, store.get('lock')?.etag ?? '');
}

test('an error keeps its class, its code and its advice between the threads', () => {
  expect(() => open('missing').list('')).toThrow(
    expect.objectContaining({
      name: 'PreconditionError',
      code: 'StateBucketMissing',
      exitCode: 10,
      next: ['aws s3 mb s3://missing', 'or correct state in rds2aurora.yaml'],
    }) as Error,
  );
});
