/**
 * The application of the scenario, as its container starts it: writes to the database all the time and keeps a ledger
 * of what the server acknowledged.
 *
 * Environment: DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME, PGSSLROOTCERT (CA of the server), LEDGER_FILE, and
 * optionally WRITE_PAUSE_MS (50). SIGTERM ends it after the current write.
 */
import { z } from 'zod';
import { Ledger } from './ledger.js';
import { runApplication } from './run-application.js';

const environmentSchema = z.object({
  DB_HOST: z.string().min(1),
  DB_PORT: z.coerce.number().int(),
  DB_USER: z.string().min(1),
  DB_PASSWORD: z.string().min(1),
  DB_NAME: z.string().min(1),
  PGSSLROOTCERT: z.string().min(1),
  LEDGER_FILE: z.string().min(1),
  WRITE_PAUSE_MS: z.coerce.number().int().min(1).default(50),
});

const environment = environmentSchema.parse(process.env);
const stop = new AbortController();
process.once('SIGTERM', () => {
  stop.abort();
});
process.once('SIGINT', () => {
  stop.abort();
});

const ledger = new Ledger(environment.LEDGER_FILE);
await runApplication({
  address: {
    host: environment.DB_HOST,
    port: environment.DB_PORT,
    user: environment.DB_USER,
    password: environment.DB_PASSWORD,
    database: environment.DB_NAME,
    caFile: environment.PGSSLROOTCERT,
  },
  ledger,
  pauseMs: environment.WRITE_PAUSE_MS,
  signal: stop.signal,
  log: (line) => {
    console.log(line);
  },
});
ledger.close();
