import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const project = join(import.meta.dirname, '..', '..');

/**
 * Compiles a program that a test runs as a child process into a folder of its own inside the project, where packages
 * are found.
 * @returns the compiled `main` (given as a path from the project's folder), and how to remove it
 */
export function compileForChildren(main: string): { program: string; remove: () => void } {
  mkdirSync(join(project, '.cache'), { recursive: true });
  const out = mkdtempSync(join(project, '.cache', 'test-children-'));
  const program = join(out, 'program.mjs');
  buildSync({
    absWorkingDir: project,
    entryPoints: [main],
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
  });
  return { program, remove: () => rmSync(out, { recursive: true, force: true }) };
}
