// Turns src/ into dist/, file by file: types are taken out here and checked by `npm run types`.
import { cpSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildStamp, root } from './project.mjs';

const started = new Date();
const [from, to] = [join(root, 'src'), join(root, 'dist')];
const sources = readdirSync(from, { recursive: true }).filter((name) => name.endsWith('.ts'));
// A command that was deleted from src/ would otherwise live on.
rmSync(to, { recursive: true, force: true });
await build({
  entryPoints: sources.map((name) => join(from, name)),
  outbase: from,
  outdir: to,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  tsconfig: join(root, 'tsconfig.json'),
  logLevel: 'warning',
});
// What is no TypeScript: .sql and the like.
cpSync(from, to, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !path.endsWith('.ts'),
});
// The time before compiling: a source saved meanwhile is not in this build.
writeFileSync(buildStamp, '');
utimesSync(buildStamp, started, started);
