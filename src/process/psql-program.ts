import { join } from 'node:path';
import type { ServerRef } from '../steps/refs.js';
import { conninfo } from './conninfo.js';
import type { PostgresClients } from './postgres-clients.js';
import type { Program } from './start-program.js';

/** psql that takes no settings of whoever runs it, and ends at the first error. `rest`: what it does. */
export function psqlProgram(
  clients: PostgresClients,
  server: ServerRef,
  environment: Readonly<Record<string, string>>,
  rest: readonly string[],
): Program {
  const options = ['--no-psqlrc', '--no-password', '--set=ON_ERROR_STOP=1', '--set=VERBOSITY=terse'];
  return {
    file: join(clients.binDir, 'psql'),
    arguments: [...options, `--dbname=${conninfo(server)}`, ...rest],
    environment,
  };
}
