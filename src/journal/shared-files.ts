import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './json.js';
import type { SharedStore } from './shared-store.js';
import { writeFileDurably } from './write-file-durably.js';

/**
 * The small files of a run's folder that steps need on another machine too: fingerprints, the saved stack, sealed
 * secrets, edited templates. They lie directly in the folder. Not the journal, which has objects of its own, nor what is
 * made anew: events, reports, drafts, dumps.
 */
const isShared = (name: string): boolean =>
  /^[A-Za-z][A-Za-z0-9-]{0,80}\.[A-Za-z]{1,12}$/.test(name) &&
  !/^(journal|events|report)\./.test(name) &&
  !/\.(draft|tmp|log|part)$/.test(name);

/**
 * `FOLDER/files/<epoch>/<name>`. Every holder writes below its own epoch, and all files there before its first record: a
 * former one, which S3 cannot keep from writing, writes where nobody reads any more.
 */
const keyShape = /^files\/(\d{6,12})\/([^/]+)$/;

function keyOf(folder: string, epoch: number, name: string): string {
  return `${folder}/files/${String(epoch).padStart(6, '0')}/${name}`;
}

/** Uploads files of a run's folder: all of them at first, then those that are new or have changed. */
export class SharedFiles {
  private readonly known = new Map<string, { readonly stamp: string; readonly hash: string }>();

  constructor(
    private readonly store: SharedStore,
    /** Key prefix of the run. */
    private readonly folder: string,
    private readonly directory: string,
  ) {}

  push(epoch: number): void {
    for (const name of readdirSync(this.directory).filter(isShared)) {
      const path = join(this.directory, name);
      const stat = lstatSync(path);
      const stamp = `${String(stat.ino)} ${String(stat.size)} ${String(stat.mtimeMs)}`;
      const known = this.known.get(name);
      if (!stat.isFile() || known?.stamp === stamp) continue;
      const bytes = readFileSync(path);
      const hash = sha256(bytes);
      if (known?.hash !== hash) this.store.put(keyOf(this.folder, epoch, name), bytes);
      this.known.set(name, { stamp, hash });
    }
  }

  /** Brings the newest of each file here, 0600. A name that no file of a run has is left alone. */
  pull(keys: readonly string[]): void {
    const newest = new Map<string, { readonly epoch: number; readonly key: string }>();
    for (const key of keys) {
      const [, epoch = '', name = ''] = keyShape.exec(key.slice(this.folder.length + 1)) ?? [];
      const standing = newest.get(name)?.epoch ?? 0;
      if (isShared(name) && Number(epoch) > standing) newest.set(name, { epoch: Number(epoch), key });
    }
    const contents = this.store.getAll([...newest.values()].map(({ key }) => key));
    for (const [index, name] of [...newest.keys()].entries()) {
      const bytes = contents[index];
      const path = join(this.directory, name);
      if (bytes !== undefined && readHash(path) !== sha256(bytes)) writeFileDurably(path, bytes);
    }
  }
}

function readHash(path: string): string | undefined {
  try {
    return sha256(readFileSync(path));
  } catch {
    return undefined;
  }
}
