import { z } from 'zod';
import { PreconditionError } from '../errors.js';

/**
 * The keys that Secrets Manager's database secrets have; a user's secret may hold more, and a port as text.
 * Source: "JSON structure of AWS Secrets Manager database secrets".
 */
const documentSchema = z.looseObject({
  engine: z.string().optional(),
  host: z.string().optional(),
  port: z.union([z.number(), z.string()]).optional(),
  username: z.string().optional(),
  password: z.string().min(1),
  dbname: z.string().optional(),
  dbInstanceIdentifier: z.string().optional(),
  dbClusterIdentifier: z.string().optional(),
});
type SecretDocument = z.output<typeof documentSchema>;

/** Where a secret says its database is: everything in it but the password. */
export interface SecretConnection {
  readonly engine: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly clusterIdentifier: string | undefined;
  readonly instanceIdentifier: string | undefined;
}

/** Where the secret shall point. */
export interface SecretDestination {
  readonly host: string;
  readonly port: number;
  readonly clusterIdentifier: string;
  readonly database: string;
}

/** @throws PreconditionError when the text is no JSON object with a password; the text is never part of the error. */
export function parseSecretDocument(text: string | undefined, secret: string): SecretDocument {
  const parsed = documentSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ');
  throw new PreconditionError(
    'SecretUnreadable',
    `the secret ${secret} is not a database secret: ${paths} is missing or of a wrong type`,
    {
      why: 'It must be a JSON object with the keys username and password, as Secrets Manager makes them for databases',
      resource: secret,
    },
  );
}

export function readConnection(document: SecretDocument): SecretConnection {
  return {
    engine: document.engine,
    host: document.host,
    port: document.port === undefined ? undefined : Number(document.port),
    user: document.username,
    database: document.dbname,
    clusterIdentifier: document.dbClusterIdentifier,
    instanceIdentifier: document.dbInstanceIdentifier,
  };
}

/**
 * The document for another server: unknown keys stay, a port that was text stays text, the key of the old instance
 * goes, and keys that were not there are added only where an application or a rotation needs them.
 */
export function pointElsewhere(document: SecretDocument, destination: SecretDestination): SecretDocument {
  const { dbInstanceIdentifier: _gone, ...kept } = document;
  return {
    ...kept,
    ...(document.engine === undefined ? {} : { engine: 'aurora-postgresql' }),
    ...(document.dbname === undefined ? {} : { dbname: destination.database }),
    host: destination.host,
    port: typeof document.port === 'string' ? String(destination.port) : destination.port,
    dbClusterIdentifier: destination.clusterIdentifier,
  };
}

/**
 * Why an Aurora cluster would refuse this master password, or undefined.
 * Source: MasterUserPassword of CreateDBCluster (8 to 41 printable ASCII characters without / " @).
 */
export function auroraPasswordProblem({ password }: SecretDocument): string | undefined {
  if (password.length < 8 || password.length > 41)
    return `it has ${String(password.length)} characters; Aurora takes 8 to 41`;
  if (/["/@]/.test(password)) return 'it contains one of / " @';
  return /^[!-~]+$/.test(password)
    ? undefined
    : 'it contains a space or a character that is not printable ASCII';
}

/**
 * Why pg_dump, pg_restore and psql could not be given this password, or undefined: libpq reads it from a file with one line
 * a login (PostgreSQL: The Password File), and the server takes no NUL.
 */
export function clientPasswordProblem({ password }: SecretDocument): string | undefined {
  return /[\n\r\0]/.test(password) ? 'it contains a line break or a NUL' : undefined;
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
