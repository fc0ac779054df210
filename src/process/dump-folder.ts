import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VerifyError } from '../errors.js';

const manifestSchema = z.strictObject({
  format: z.literal(1),
  run: z.string(),
  snapshot: z.string(),
  clientVersion: z.string(),
  compression: z.string(),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.number(), sha256: z.string() })),
});

/** Proof that a dump is whole: every file with its size and hash. */
export type DumpManifest = z.output<typeof manifestSchema>;

/** Inside an attempt: what pg_dump wrote, and beside it the manifest. */
const dataName = 'dump';
const manifestName = 'manifest.json';
/** Twice as fast as by the 64 KiB that are usual. */
const hashedAtOnce = 1 << 20;

export interface DumpAttempt {
  /** `attempt-N`. */
  readonly directory: string;
  /** For pg_dump to make. */
  readonly data: string;
}

/** Where the dump of an attempt lies. */
export function dumpDataOf(directory: string): string {
  return join(directory, dataName);
}

/** Makes the next `attempt-N` below `parent` and removes what earlier attempts left: they never finished. */
export async function startAttempt(parent: string): Promise<DumpAttempt> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const earlier = await listAttempts(parent);
  for (const number of earlier)
    await rm(join(parent, `attempt-${String(number)}`), { recursive: true, force: true });
  const directory = join(parent, `attempt-${String(Math.max(0, ...earlier) + 1)}`);
  await mkdir(directory, { mode: 0o700 });
  return { directory, data: dumpDataOf(directory) };
}

export async function removeAttempts(parent: string): Promise<void> {
  for (const number of await listAttempts(parent)) {
    await rm(join(parent, `attempt-${String(number)}`), { recursive: true, force: true });
  }
}

async function listAttempts(parent: string): Promise<number[]> {
  const names = await readdir(parent).catch(() => []);
  return names.flatMap((name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

/** Bytes that this user may still write where `path` lies. */
export async function readFreeBytes(path: string): Promise<number> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Bytes in the files of a folder; 0 when there is none. */
export function measureFolder(path: string): number {
  try {
    return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
  } catch {
    return 0;
  }
}

/** Hashes and syncs every file of the dump, then writes the manifest whole or not at all. A dump without one is no dump. */
export async function sealDump(
  directory: string,
  facts: Omit<DumpManifest, 'format' | 'files'>,
): Promise<{ readonly manifestSha256: string; readonly bytes: number }> {
  const files = await readDump(directory, true);
  const text = `${JSON.stringify({ format: 1, ...facts, files }, null, 1)}\n`;
  const draft = join(directory, `${manifestName}.draft`);
  const handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
  await rename(draft, join(directory, manifestName));
  await syncFolder(directory);
  return { manifestSha256: sha256(text), bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

/** Reads the dump again. @throws VerifyError when a file is missing, new or changed. */
export async function checkDump(directory: string, manifestSha256: string): Promise<DumpManifest> {
  const text = await readFile(join(directory, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) throw missing(directory);
  if (sha256(text) !== manifestSha256)
    throw damaged(directory, 'its manifest is not the one that was written');
  const manifest = manifestSchema.parse(JSON.parse(text));
  const found = new Map((await readDump(directory, false)).map((file) => [file.name, file]));
  for (const file of manifest.files) {
    const other = found.get(file.name);
    if (other?.sha256 !== file.sha256)
      throw damaged(directory, `${file.name} is ${other === undefined ? 'missing' : 'changed'}`);
  }
  if (found.size !== manifest.files.length)
    throw damaged(directory, 'it holds files that pg_dump did not write');
  return manifest;
}

async function readDump(directory: string, sync: boolean): Promise<DumpManifest['files']> {
  const data = dumpDataOf(directory);
  const names = (await readdir(data).catch(() => [])).sort();
  const buffers = [Buffer.allocUnsafeSlow(hashedAtOnce), Buffer.allocUnsafeSlow(hashedAtOnce)] as const;
  const files = [];
  for (const name of names) {
    const path = join(data, name);
    const [hash] = await Promise.all([hashFile(path, buffers), sync ? syncFolder(path) : undefined]);
    files.push({ name, bytes: (await stat(path)).size, sha256: hash });
  }
  if (sync) await syncFolder(data);
  return files;
}

/** One buffer is read into while the other is hashed; new ones for every piece would take longer than the hash does. */
async function hashFile(path: string, [one, other]: readonly [Buffer, Buffer]): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r');
  try {
    let reading = handle.read(one, 0, one.length);
    for (;;) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return hash.digest('hex');
      reading = handle.read(buffer === one ? other : one, 0, one.length);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Also for files: what is synced is the file or folder behind the descriptor. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Nothing is there, as on a machine that has not made it. */
function missing(directory: string): VerifyError {
  return new VerifyError('DumpMissing', `there is no dump in ${directory}`, {
    why: 'its manifest is missing: it was made on another machine, or removed',
    resource: directory,
  });
}

function damaged(directory: string, why: string): VerifyError {
  return new VerifyError('DumpDamaged', `the dump in ${directory} is not what was written`, {
    why,
    next: [
      `look why that disk does not keep what is written; rm -r ${directory}, then rds2aurora resume: it is dumped again`,
    ],
    resource: directory,
  });
}
