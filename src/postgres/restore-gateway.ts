import type { Progress } from '../pipeline/step.js';
import type { ClientLogin } from '../process/client-login.js';
import { copySettings } from '../process/copy-lane.js';
import { dumpDataOf } from '../process/dump-folder.js';
import { findLargeTables } from '../process/large-tables.js';
import type { LargeTableLimits } from '../process/large-tables.js';
import { loadTable } from '../process/load-table.js';
import { ArchiveLists, runPgRestore } from '../process/pg-restore.js';
import type { IgnoredError, RestoreRequest } from '../process/pg-restore.js';
import type { PostgresClients } from '../process/postgres-clients.js';
import { filterRestoreList, hasEntries } from '../process/restore-list.js';
import type { EntryChoice, RestorePart } from '../process/restore-list.js';
import type { ServerRef } from '../steps/refs.js';
import { readClientSettings } from './client-settings.js';
import { watchCopies } from './copy-progress.js';
import type { RowTotals } from './copy-progress.js';
import { makeDurable } from './durable.js';
import { findRestoreRule, findRuleAgain, thereAlready } from './restore-errors.js';
import { restoreSettings } from './restore-settings.js';
import type { RestoreSizing } from './restore-settings.js';
import { nameServer } from './server-look.js';
import type { Sessions } from './session.js';
import { whileNotStalled } from './stall-watch.js';

export interface RestoreOrder {
  readonly server: ServerRef;
  readonly clients: PostgresClients;
  /** An attempt of the dump step. */
  readonly directory: string;
  readonly part: RestorePart;
  readonly existingSchemas: readonly string[];
  /** Of the part: all when absent. */
  readonly entries?: EntryChoice;
  /** An earlier attempt may have made some of it: what is there already is no error. */
  readonly again?: boolean;
  /** Somebody else tells how far it is, and whether it stalls. */
  readonly watched?: boolean;
  readonly jobs: number;
  readonly sizing: RestoreSizing;
  readonly totals: RowTotals;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface RestoredState {
  readonly tables: number;
  /** That of a partitioned table may lack partitions, as on the source: the comparison of the catalogs tells. */
  readonly invalidIndexes: readonly string[];
}

export interface RestoreGateway {
  /** What it has restored when it is done survives a crash of the server. */
  restore(order: RestoreOrder): Promise<IgnoredError[]>;
  inspect(server: ServerRef): Promise<RestoredState>;
}

/** @param limits of what is loaded by several sessions, where they are not the usual ones */
export function createRestoreGateway(
  sessions: Sessions,
  login: ClientLogin,
  everyMs = 1000,
  limits?: LargeTableLimits,
): RestoreGateway {
  const lists = new ArchiveLists();
  const known = new Map<string, Readonly<Record<string, string>>>();
  /** Asked once: each index asks for it. */
  const clientSettings = async (server: ServerRef): Promise<Readonly<Record<string, string>>> => {
    const name = `${nameServer(server)}/${server.database}`;
    const found = known.get(name) ?? (await readClientSettings(sessions, server));
    known.set(name, found);
    return found;
  };
  return {
    restore: async ({ sizing, totals, progress, again, watched, ...request }) => {
      const { server } = request;
      const directory = dumpDataOf(request.directory);
      const isOne = request.entries?.kind === 'only';
      // Whoever chooses one entry knows that it is there.
      if (!isOne && !hasEntries(filterRestoreList(await lists.read(directory, request), request))) return [];
      let items = 0;
      const itemFinished = (item: string): void => {
        items += 1;
        finished(item, totals, progress);
      };
      const settings = {
        ...restoreSettings(sizing),
        ...(await clientSettings(server)),
        // A single index is soon committed, and a session that makes the commits before it safe would cost more than to wait for it.
        ...(isOne ? { synchronous_commit: 'on' } : {}),
      };
      const restore = async (signal: AbortSignal): Promise<IgnoredError[]> => {
        const order = { ...request, signal, lists, settings, directory };
        const loaded = await loadLargeTables(login, order, limits, () => void (items += 1));
        const allow = again === true ? findRuleAgain : findRestoreRule;
        return runPgRestore(login, { ...order, itemFinished, loaded, allow });
      };
      let answers = 0;
      const watch = { totals, report: progress, everyMs, answered: () => void (answers += 1) };
      const alive = { signal: request.signal, life: () => String(items), answers: () => answers };
      const ignored = await (watched === true
        ? restore(request.signal)
        : whileNotStalled(sessions, [server], alive, (signal) =>
            watchCopies(sessions, server, watch, () => restore(signal)),
          ));
      if (!isOne) await makeDurable(sessions, server);
      return ignored.filter(({ rule }) => rule !== thereAlready);
    },
    inspect: (server) =>
      sessions.use(server, { mode: 'read' }, (session) =>
        session.row<{ tables: number; invalidIndexes: string[] }>(`SELECT
          (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') AS tables,
          ARRAY(SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1) AS "invalidIndexes"`),
      ),
  };
}

/** By all jobs, one table after the other. Gives those that are in; the others are left to pg_restore. */
async function loadLargeTables(
  login: ClientLogin,
  order: Omit<RestoreRequest, 'allow' | 'itemFinished'> & { readonly lists: ArchiveLists },
  limits: LargeTableLimits | undefined,
  tableLoaded: () => void,
): Promise<ReadonlySet<string>> {
  const loaded = new Set<string>();
  if (order.part !== 'data and post-data') return loaded;
  const { server, jobs, directory, settings } = order;
  const list = await order.lists.read(directory, order);
  for (const entry of await findLargeTables(list, directory, jobs, limits)) {
    const isIn = await login(server, { ...settings, ...copySettings }, (environment) =>
      loadTable({ ...order, environment, entry, sessions: jobs }),
    );
    if (isIn) loaded.add(entry);
    tableLoaded();
  }
  return loaded;
}

/** `TABLE DATA users` names no schema: only a name that one table alone has can be told to be done. */
function finished(item: string, totals: RowTotals, progress: (progress: Progress) => void): void {
  const name = /^TABLE DATA (.+)$/.exec(item)?.[1];
  if (name === undefined) return;
  const labels = [...totals.keys()].filter((label) => label.endsWith(`.${name}`));
  const [label] = labels;
  if (label === undefined || labels.length > 1) return;
  const total = totals.get(label) ?? 0;
  progress({ item: label, done: total, total, unit: 'rows' });
}
