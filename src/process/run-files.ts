import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a run's folder, by name. */
export interface RunFiles {
  /** Written whole or not at all, 0600, synced. Gives the SHA-256 of the text. */
  write(name: string, text: string): Promise<string>;
  /** With its SHA-256; undefined when there is none. */
  read(name: string): Promise<{ readonly text: string; readonly sha256: string } | undefined>;
  pathOf(name: string): string;
}

export function createRunFiles(directory: string): RunFiles {
  const pathOf = (name: string): string => join(directory, name);
  return {
    pathOf,
    write: async (name, text) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const draft = pathOf(`${name}.draft`);
      await rm(draft, { force: true });
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, pathOf(name));
      const folder = await open(directory, 'r');
      await folder.sync();
      await folder.close();
      return sha256(text);
    },
    read: async (name) => {
      const text = await readFile(pathOf(name), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : { text, sha256: sha256(text) };
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
