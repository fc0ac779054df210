import type { Problem } from '../errors.js';
import { scanSql } from './scan-sql.js';

/** These would end or open the transaction that makes the script run once and whole. */
const transactionControl = /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT|PREPARE TRANSACTION)\b/;
/** PostgreSQL refuses these inside of a transaction. */
const alone =
  /^(VACUUM|ALTER SYSTEM|(CREATE|DROP|ALTER) DATABASE|(CREATE|DROP|ALTER) TABLESPACE|REINDEX (DATABASE|SYSTEM)|(CREATE|CREATE UNIQUE|DROP|REINDEX) INDEX CONCURRENTLY)\b/;
const fromClient = /^COPY\b/;

/** What keeps a script from being run in one transaction, seen before anything is changed; and how many statements it has. */
export function examineScript(file: string, text: string): { statements: number; problems: Problem[] } {
  const found = scanSql(text);
  const problems = found.flatMap(({ head, line }): Problem[] => {
    const where = `${file}, line ${String(line)}: ${head}`;
    if (head.startsWith('\\'))
      return [problem(where, 'it is a command of psql, not of PostgreSQL', 'write it as SQL')];
    if (transactionControl.test(head) && !/^ROLLBACK TO\b/.test(head))
      return [
        problem(
          where,
          'the whole file is run in one transaction, which this would end or begin',
          'leave it out',
        ),
      ];
    if (alone.test(head))
      return [
        problem(where, 'PostgreSQL runs it outside of a transaction only', 'run it yourself after the move'),
      ];
    if (fromClient.test(head) && /\bFROM\s+STDIN\b/i.test(text))
      return [problem(where, 'rows that follow COPY … FROM STDIN are no SQL', 'write them as INSERT')];
    return [];
  });
  if (found.length === 0) problems.push(problem(file, 'there is no statement in it', 'name another file'));
  return { statements: found.length, problems };
}

function problem(what: string, why: string, fix: string): Problem {
  return { code: 'InitSqlUnfit', what: `--init-sql: ${what}`, why, fix };
}
