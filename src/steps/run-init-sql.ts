/**
 * Runs the file of `--init-sql`, exactly once: in one transaction together with a schema that marks it as run. A crash
 * before the commit leaves neither, one after it both; the mark is taken away once the journal knows.
 */
import type { Config } from '../config/schema.js';
import { PreconditionError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { FreshDatabaseGateway } from '../postgres/fresh-database-gateway.js';
import { scriptChanged } from './record-loss.js';
import { awaitTarget, runInitSql, type FreshChoices, type ServerRef } from './refs.js';

export interface RunInitSqlDeps {
  readonly fresh: Pick<FreshDatabaseGateway, 'findMark' | 'runScript' | 'dropMark'>;
  /** Undefined when the file cannot be read. */
  readonly readScript: (file: string) => Promise<{ text: string; sha256: string } | undefined>;
  readonly script: FreshChoices['initSql'];
}

type Out = ReturnType<typeof runInitSql.output.parse>;

const call = 'sql:init-sql';
const dropCall = 'sql:DROP SCHEMA';

export function createRunInitSql(deps: RunInitSqlDeps): Step<ServerRef, Out, Config> {
  return {
    ...runInitSql,
    title: 'Run the init SQL',
    typicalSeconds: [1, 60],
    writersPaused: true,
    reversal: {
      kind: 'nothing-to-undo',
      because: 'what it made goes with the cluster, which this run has made',
    },
    select: ({ outputOf }) => outputOf(awaitTarget).server,
    plan: (_io, { config }) =>
      Promise.resolve(
        deps.script === null
          ? { kind: 'satisfied', because: 'there is no --init-sql' }
          : {
              kind: 'change',
              effects: [
                `runs ${deps.script.file} in ${config.source.database} of the target, once and in one transaction: ${String(deps.script.statements)} statements, SHA-256 ${deps.script.sha256}`,
              ],
              calls: [call],
            },
      ),
    run: async (io, server) => {
      const { file, sha256, statements } = deps.script ?? fail();
      const mark = markOf(io.runId);
      if (!isDone(io)) await runOnce(deps, io, server, { file, sha256, mark });
      if ((await deps.fresh.findMark(server, mark)) !== undefined)
        await io.mutate({ call: dropCall, key: mark }, () => deps.fresh.dropMark(server, mark));
      return { sha256, statements, ranAt: io.clock.now().toISOString() };
    },
    // What the script made is its own affair, and the application may have changed it since.
    verify: () => Promise.resolve(),
  };
}

/** Schemas are named in at most 63 bytes; a run id has fewer. */
function markOf(runId: string): string {
  return `rds2aurora_init_${runId}`.toLowerCase().slice(0, 63);
}

/** The journal knows that an attempt of this run has committed it. */
function isDone(io: StepIo): boolean {
  return io.intents().some((one) => one.call === call && one.effect !== undefined);
}

async function runOnce(
  { fresh, readScript }: RunInitSqlDeps,
  io: StepIo,
  server: ServerRef,
  { file, sha256, mark }: { file: string; sha256: string; mark: string },
): Promise<void> {
  const comment = `init SQL ${sha256} of run ${io.runId}`;
  const found = await fresh.findMark(server, mark);
  if (found !== undefined && found !== comment)
    throw new PreconditionError('InitMarkTaken', `the schema ${mark} exists and was not made by this run`, {
      next: [`drop it if nobody needs it, then resume`],
      resource: `${server.host}/${server.database}`,
      resumable: true,
    });
  if (found === comment) {
    io.note('an earlier attempt has run the init SQL to its end; it is not run again');
    return;
  }
  const script = await readScript(file);
  if (script?.sha256 !== sha256) throw scriptChanged(file, script?.sha256);
  const ran = await io.mutate(
    { call, key: server.database, before: { sha256 } },
    () => fresh.runScript(server, { text: script.text, mark, comment }),
    (done) => ({ detail: { ran: done } }),
  );
  if (!ran) io.note('an earlier attempt has run the init SQL to its end; it is not run again');
}

function fail(): never {
  throw new Error('this step is part of a path with an init script only');
}
