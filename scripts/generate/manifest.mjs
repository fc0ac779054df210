// .oclif.manifest.json: with it `--help` need not load every command.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../project.mjs';

export default function generateManifest() {
  const require = createRequire(import.meta.url);
  const oclif = join(require.resolve('oclif/package.json'), '..', 'bin', 'run.js');
  const { status } = spawnSync(process.execPath, [oclif, 'manifest', root], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true' },
  });
  if (status !== 0) throw new Error('oclif manifest failed');
  sortCommands(join(root, '.oclif.manifest.json'));
}

/** oclif lists commands in the order in which their files happened to be read. */
function sortCommands(file) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const commands = Object.entries(manifest.commands).sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(
    file,
    `${JSON.stringify({ ...manifest, commands: Object.fromEntries(commands) }, null, 2)}\n`,
  );
}
