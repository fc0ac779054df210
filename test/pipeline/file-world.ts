import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ToyWorld } from './toy-steps.js';

/** A toy cloud that outlives the processes that change it: one file a thing, and a log of changes. */
export function openFileWorld(directory: string): ToyWorld {
  const things = join(directory, 'things');
  const log = join(directory, 'changes.log');
  mkdirSync(things, { recursive: true });
  return {
    get changes() {
      return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    },
    find: (name) => (existsSync(join(things, name)) ? readFileSync(join(things, name), 'utf8') : undefined),
    names: () => readdirSync(things).sort(),
    create: async (name, value) => {
      writeFileSync(join(things, name), value, { flag: 'wx' });
      appendFileSync(log, `create ${name}\n`);
    },
    remove: async (name) => {
      rmSync(join(things, name));
      appendFileSync(log, `remove ${name}\n`);
    },
  };
}
