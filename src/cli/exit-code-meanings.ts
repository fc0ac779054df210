import { exitCodes, type ExitCode } from '../errors.js';

/** What each exit code tells a script; `docs/exit-codes.md` is made from this table. */
const meanings: Readonly<
  Record<keyof typeof exitCodes, { readonly meaning: string; readonly then: string }>
> = {
  done: { meaning: 'Done, nothing is left.', then: '' },
  failed: { meaning: 'Failed; a person has to decide.', then: 'read the error; `rds2aurora status`' },
  usage: {
    meaning: 'A flag, an argument or the configuration is wrong. Nothing was changed.',
    then: 'mend what is listed; all problems are listed at once',
  },
  blocked: {
    meaning: 'The plan found blockers. Nothing was changed.',
    then: 'mend them as each says, plan again',
  },
  credentials: {
    meaning: 'AWS or PostgreSQL refused the caller: credentials are missing, expired or not allowed.',
    then: 'log in again, or extend the policy, then `rds2aurora resume`',
  },
  confirmation: {
    meaning: 'A confirmation is missing or wrong. Nothing was changed by this command.',
    then: '`--yes`, and `--confirm NAME` for severe steps',
  },
  stale: {
    meaning: 'The world or the configuration is no longer what was planned.',
    then: 'plan again, or put back what was changed',
  },
  locked: {
    meaning: 'Another process works on this run or on this source.',
    then: 'wait, or `rds2aurora unlock RUN` when that process is gone',
  },
  different: {
    meaning: 'Verification found a difference between source and target, or between journal and world.',
    then: 'see which items differ; nothing was switched over',
  },
  stopped: {
    meaning: 'Stopped where going on is safe: a deadline, throttling, the network, a full disk.',
    then: '`rds2aurora resume`',
  },
  precondition: {
    meaning: 'Something that must hold before the first change does not. Nothing was changed.',
    then: 'mend it, start again',
  },
  bug: { meaning: 'A bug in the tool. The journal is intact.', then: 'report it; `rds2aurora status`' },
  interrupted: {
    meaning: 'Stopped by Ctrl-C (SIGINT). The journal is in step with the world.',
    then: '`rds2aurora resume`',
  },
  terminated: {
    meaning: 'Stopped by SIGTERM. The journal is in step with the world.',
    then: '`rds2aurora resume`',
  },
};

export interface ExitCodeRow {
  readonly code: ExitCode;
  readonly name: string;
  readonly meaning: string;
  /** What to do then. */
  readonly then: string;
}

/** All exit codes, in the order of their numbers. */
export function listExitCodes(): readonly ExitCodeRow[] {
  return names(exitCodes)
    .map((name) => ({ code: exitCodes[name], name, ...meanings[name] }))
    .sort((left, right) => left.code - right.code);
}

function names<Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(table).filter((key): key is Key => key in table);
}
