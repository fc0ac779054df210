import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ConfirmationError } from '../errors.js';

/** The file that `init` writes: the one that is named, or the one that other commands would find in `cwd`. */
export function findInitFile(cwd: string, named: string | undefined): string {
  if (named !== undefined) return resolve(cwd, named);
  const [usual, other] = ['rds2aurora.yaml', 'rds2aurora.yml'].map((name) => join(cwd, name));
  if (usual === undefined || other === undefined) return resolve(cwd);
  return existsSync(other) && !existsSync(usual) ? other : usual;
}

/** Folders up from the file; beyond that the package is not part of the project. */
const nearest = 3;

/** The JSON Schema of the installed package as the file names it: relative where both belong to one project. */
export function nameSchema(packageRoot: string, file: string): string {
  const schema = join(packageRoot, 'schemas', 'config.schema.json');
  const path = relative(dirname(file), schema);
  const ups = path.split('/').filter((part) => part === '..').length;
  if (ups > nearest) return schema;
  return ups === 0 ? `./${path}` : path;
}

export function needsAnswers(): ConfirmationError {
  return new ConfirmationError('AnswersMissing', 'init asks for what it cannot find out', {
    why: 'there is no terminal to ask on, and --yes was not given',
    next: ['add --yes to take what is found, and flags for the rest'],
    changed: false,
  });
}

export function fileStands(file: string): ConfirmationError {
  return new ConfirmationError('FileExists', `${file} exists: it was left as it is`, {
    next: ['add --force to write over it, or --config FILE to write another'],
    resource: file,
    changed: false,
  });
}
