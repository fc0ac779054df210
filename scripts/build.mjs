// Compiles src/ into dist/ and copies what the compiler leaves behind (.sql and the like).
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildStamp, root } from './project.mjs';

const started = new Date();
const require = createRequire(import.meta.url);
const compiler = join(require.resolve('typescript/package.json'), '..', 'bin', 'tsc');
// A command that was deleted from src/ would otherwise live on.
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.json')], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !path.endsWith('.ts'),
});
// The time before compiling: a source saved meanwhile is not in this build.
writeFileSync(buildStamp, '');
utimesSync(buildStamp, started, started);
