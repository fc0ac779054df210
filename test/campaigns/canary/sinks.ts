import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findForms, type Canary } from './canary.js';

/** Files that hold the canary in any form. `undefined` where a file went while it was looked at. */
export function findInFiles(
  canary: Canary,
  folder: string,
): { readonly file: string; readonly mode: number }[] {
  return listFiles(folder).flatMap((file) => {
    try {
      const found = findForms(canary, readFileSync(file, 'latin1'));
      return found.length === 0 ? [] : [{ file, mode: statSync(file).mode & 0o777 }];
    } catch {
      return [];
    }
  });
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      // A named pipe keeps nothing, and whoever reads it waits for somebody to write.
      return entry.isFIFO() ? [] : [path];
    });
  } catch {
    return [];
  }
}
