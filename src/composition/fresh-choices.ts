import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigrationError, UsageError } from '../errors.js';
import type { RunState } from '../journal/run-state.js';
import { examineScript } from '../postgres/init-script.js';
import { freshChoicesSchema, type FreshChoices } from '../steps/refs.js';

/** What `migrate fresh` and `plan fresh` are told on the command line. */
export interface FreshFlags {
  readonly finalSnapshot: boolean;
  readonly schemaOnly: boolean;
  readonly initSql: string | undefined;
}

/** Of the paths that have no such choice. */
export const noChoices: FreshChoices = { finalSnapshot: true, schemaOnly: false, initSql: null };

/**
 * Reads and hashes the init script, so that what is planned is what is run.
 * @throws UsageError when it cannot be read, or cannot be run in one transaction
 */
export async function chooseFresh({ initSql, ...flags }: FreshFlags): Promise<FreshChoices> {
  if (initSql === undefined) return { ...flags, initSql: null };
  const file = resolve(initSql);
  const script = await readScript(file);
  if (script === undefined)
    throw new UsageError('InitSqlUnreadable', `--init-sql: ${file} cannot be read`, { changed: false });
  const { statements, problems } = examineScript(file, script.text);
  const [first] = problems;
  if (first !== undefined)
    throw new UsageError(first.code, problems.map(({ what }) => what).join('; '), {
      why: first.why,
      next: [...new Set(problems.map(({ fix }) => fix))],
      changed: false,
    });
  return { ...flags, initSql: { file, sha256: script.sha256, statements } };
}

/** As the run was begun with: its journal holds them beside the configuration. */
export function recordedChoices({ header }: RunState): FreshChoices {
  if (header.path !== 'fresh') return noChoices;
  const found = freshChoicesSchema.safeParse(header.config['fresh']);
  if (found.success) return found.data;
  throw new MigrationError(
    'ChoicesUnreadable',
    `the choices of run ${header.run} are not what this version expects`,
    {
      next: ['use the version that began the run; `rds2aurora status` shows it'],
      cause: found.error,
    },
  );
}

export async function readScript(file: string): Promise<{ text: string; sha256: string } | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
