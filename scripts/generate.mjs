// Writes every file that is derived from the sources; CI runs it and fails when git then sees a difference.
// Each module of scripts/generate/ writes its own files and default-exports the function that does so.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './project.mjs';

// Compiled afresh, so that nothing is derived from an old build.
const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const folder = join(root, 'scripts', 'generate');
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .sort()) {
  const { default: generate } = await import(pathToFileURL(join(folder, name)).href);
  await generate();
}
