import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const project = join(import.meta.dirname, '..', '..');

/**
 * Compiles what child processes of a test need (errors, journal, pipeline and the toys) into a folder of its own inside the
 * project, where packages are found.
 * @returns the compiled `main` (given as a path from the project's folder), and how to remove it all
 */
export function compileForChildren(main: string): { program: string; remove: () => void } {
  mkdirSync(join(project, '.cache'), { recursive: true });
  const out = mkdtempSync(join(project, '.cache', 'test-children-'));
  const toys = ['toy-steps.ts', 'toy-child.ts', 'file-world.ts', 'lock-racer.ts'].map(
    (name) => `test/pipeline/${name}`,
  );
  const sources = ['src/errors.ts', ...listSources('src/journal'), ...listSources('src/pipeline'), ...toys];
  for (const source of sources) compile(source, out);
  cpSync(join(project, 'package.json'), join(out, 'package.json'));
  return {
    program: join(out, main.replace(/\.ts$/, '.js')),
    remove: () => rmSync(out, { recursive: true, force: true }),
  };
}

function listSources(folder: string): string[] {
  return readdirSync(join(project, folder)).map((name) => `${folder}/${name}`);
}

function compile(source: string, out: string): void {
  const file = join(project, source);
  const target = join(out, relative(project, file).replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  writeFileSync(target, ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText);
}
