// .oclif.manifest.json: with it `--help` need not load every command.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Plugin } from '@oclif/core';
import { root } from '../project.mjs';

export default async function generateManifest() {
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
    root,
    type: 'core',
  });
  await plugin.load();
  // oclif lists commands in the order in which their files happened to be read.
  const commands = Object.entries(plugin.manifest.commands).sort(([one], [other]) => (one < other ? -1 : 1));
  const manifest = { ...plugin.manifest, commands: Object.fromEntries(commands) };
  writeFileSync(join(root, '.oclif.manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
