/**
 * Writes down what a fresh start gives up: every database of the source with its tables, before anything is changed. It is
 * what the user confirms, so the plan tells it in full. Reads only; running again writes the same file anew.
 */
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import { StaleError, VerifyError, type Problem } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { LossReader } from '../postgres/loss-inventory.js';
import type { RunFiles } from '../process/run-files.js';
import { describeLoss, sumLoss } from './describe-loss.js';
import { checkReadiness, recordLoss, type FreshChoices, type ServerRef } from './refs.js';

export interface RecordLossDeps {
  readonly rds: Pick<RdsGateway, 'findInstance'>;
  readonly losses: LossReader;
  readonly files: RunFiles;
  /** SHA-256 of a file of the user; undefined when it cannot be read. */
  readonly hashOf: (file: string) => Promise<string | undefined>;
  readonly choices: FreshChoices;
}

type Out = ReturnType<typeof recordLoss.output.parse>;

const file = 'given-up.json';

export function createRecordLoss(deps: RecordLossDeps): Step<ServerRef, Out, Config> {
  return {
    ...recordLoss,
    title: 'Write down what is given up',
    typicalSeconds: [2, 60],
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    select: ({ outputOf }) => outputOf(checkReadiness).source.server,
    plan: async (io, { config }) => {
      if (lacksSchema(deps.choices, config)) return { kind: 'blocked', problems: [schemaNeedsSnapshot] };
      const server = await findServer(deps, config);
      if (server === undefined)
        return { kind: 'change', effects: [`lists every database of ${config.source.instance}`] };
      const loss = await deps.losses.readLoss(server, io.signal);
      return {
        kind: 'change',
        effects: describeLoss(config.source.instance, loss, deps.choices.finalSnapshot),
        details: { givenUp: { ...loss, total: sumLoss(loss) } },
      };
    },
    run: async (io, server) => {
      await requireScript(deps);
      const loss = await deps.losses.readLoss(server, io.signal);
      const total = sumLoss(loss);
      const sha256 = await deps.files.write(file, `${JSON.stringify({ ...loss, total }, null, 2)}\n`);
      io.note(`what is given up is listed in ${deps.files.pathOf(file)}`);
      return {
        file,
        sha256,
        ...total,
        lastWrite: loss.lastWrite.at,
        form: await deps.losses.readForm(server),
      };
    },
    verify: async (_io, _server, output) => {
      await requireScript(deps);
      const found = await deps.files.read(output.file);
      if (found?.sha256 === output.sha256) return;
      throw new VerifyError(
        'LossListDamaged',
        `${output.file} is ${found === undefined ? 'missing' : 'not what was written'}`,
        { resource: deps.files.pathOf(output.file) },
      );
    },
  };
}

/** In place the source goes before the target stands: its schema comes out of the snapshot, or from nowhere. */
function lacksSchema(
  { schemaOnly, finalSnapshot }: FreshChoices,
  { source, target: { stack, deploy } }: Config,
): boolean {
  const isInPlace = deploy.api !== true && stack !== undefined && stack === source.stack;
  return isInPlace && schemaOnly && !finalSnapshot;
}

const schemaNeedsSnapshot: Problem = {
  code: 'SchemaNeedsSnapshot',
  what: '--schema-only in place takes the schema from the final snapshot, and there is to be none',
  why: 'The source is deleted with its stack before the new one stands',
  fix: 'leave --no-final-snapshot out, or use another target.stack, or give the schema by --init-sql',
};

async function findServer({ rds }: RecordLossDeps, { source }: Config): Promise<ServerRef | undefined> {
  const { endpoint } = (await rds.findInstance(source.instance)) ?? {};
  if (endpoint === undefined) return undefined;
  const { database, user, secret } = source;
  return { host: endpoint.address, port: endpoint.port, database, user, secret };
}

/** Asked for before anything is deleted: a script that is missing or has changed cannot be run in the end. */
async function requireScript({ hashOf, choices: { initSql } }: RecordLossDeps): Promise<void> {
  if (initSql === null) return;
  const sha256 = await hashOf(initSql.file);
  if (sha256 !== initSql.sha256) throw scriptChanged(initSql.file, sha256);
}

export function scriptChanged(path: string, sha256: string | undefined): StaleError {
  return new StaleError(
    'InitSqlChanged',
    `${path} ${sha256 === undefined ? 'cannot be read' : 'is not what it was when this run was planned'}`,
    {
      why: 'What is run must be what was planned',
      next: [
        'put the file back as it was and resume',
        'or roll this run back and begin a new one with the new file',
      ],
      resource: path,
      resumable: true,
    },
  );
}
