import type { CheckResult, ServerRef } from '../steps/refs.js';
import type { Sessions } from './session.js';

/** The runbook's "Connect directly" and "Test pgvector", on a live target. Reads only. */
export interface DatabaseChecks {
  /** Logs in with the stored secret at the endpoint, and asks for the version and for pgvector. */
  check(target: ServerRef, signal: AbortSignal): Promise<CheckResult[]>;
}

interface Facts {
  readonly version: string;
  readonly tls: string | null;
  readonly vector: string | null;
  readonly available: string | null;
}

const factsSql = `SELECT current_setting('server_version') AS version,
    (SELECT s.version || ' ' || s.cipher FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid() AND s.ssl) AS tls,
    (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'vector') AS vector,
    (SELECT a.default_version FROM pg_available_extensions a WHERE a.name = 'vector') AS available`;

/** @param trusted by whom servers are proven, in words */
export function createDatabaseChecks(sessions: Sessions, trusted: string): DatabaseChecks {
  return {
    check: async (target, signal) => {
      const facts = await sessions.use(target, { mode: 'read', signal }, (session) =>
        session.row<Facts>(factsSql),
      );
      return [connectionOf(target, facts, trusted), vectorOf(facts)];
    },
  };
}

function connectionOf(target: ServerRef, facts: Facts, trusted: string): CheckResult {
  const where = `${target.host}:${String(target.port)} as ${target.user} with secret ${target.secret}`;
  return {
    check: 'direct connection',
    result: facts.tls === null ? 'fail' : 'pass',
    detail: `${where}: PostgreSQL ${facts.version}, ${facts.tls ?? 'no TLS'}, certificate verified in full by ${trusted}`,
  };
}

/** `CREATE EXTENSION IF NOT EXISTS vector` has nothing left to do where it is installed, so nothing is executed. */
function vectorOf({ vector, available }: Facts): CheckResult {
  const check = 'pgvector';
  if (vector !== null) return { check, result: 'pass', detail: `vector ${vector} is installed` };
  const detail =
    available === null
      ? 'vector is not available on this server'
      : `vector is not installed; CREATE EXTENSION vector gives ${available}`;
  return { check, result: 'not-checked', detail };
}
