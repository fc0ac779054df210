import type { Progress } from '../../pipeline/step.js';
import type { ClientLogin } from '../../process/client-login.js';
import { copySettings } from '../../process/copy-lane.js';
import type { BothLogins, CopyLane, CopyLaneRequest } from '../../process/copy-lane.js';
import { withCopyLanes } from '../../process/copy-lanes.js';
import { moveLargeObjects } from '../../process/move-large-objects.js';
import type { PostgresClients } from '../../process/postgres-clients.js';
import type { ServerRef } from '../../steps/refs.js';
import { readClientSettings } from '../client-settings.js';
import { watchCopies } from '../copy-progress.js';
import type { ProgressWatch, RowTotals } from '../copy-progress.js';
import { makeDurable } from '../durable.js';
import { findRestoreRule } from '../restore-errors.js';
import { takeSequences } from '../sequence-values.js';
import type { Session, Sessions } from '../session.js';
import { useSnapshot } from '../snapshot-sessions.js';
import { whileNotStalled } from '../stall-watch.js';
import { planStream, type PartSizes } from './plan-stream.js';
import { streamPlanSchema } from './stream-plan.js';
import type { StreamPart, StreamPlan } from './stream-plan.js';
import {
  dropMarks,
  endLeftovers,
  makeMarks,
  markingOf,
  readMarks,
  removeLargeObjects,
} from './target-marks.js';

export interface StreamOrder {
  readonly source: ServerRef;
  readonly target: ServerRef;
  readonly clients: PostgresClients;
  readonly totals: RowTotals;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** Copies out of one snapshot of the source. */
export interface Copier {
  /** Gives the rows that went over. A part that fails leaves nothing. */
  part(part: StreamPart, signal: AbortSignal): Promise<number>;
  /** All of them, safe from a crash of the server when it is done; what was there of them is taken away first. */
  largeObjects(signal: AbortSignal): Promise<void>;
  sequences(): Promise<number>;
}

/** Data from server to server, without files between. */
export interface StreamGateway {
  /** `jobs`: parts that are copied at once. */
  plan(source: ServerRef, target: ServerRef, jobs: number): Promise<StreamPlan>;
  /** Of what `plan` gave, as JSON. */
  parsePlan(text: string): StreamPlan;
  /** Ends what a killed process left running in the target. */
  endLeftovers(target: ServerRef, signal: AbortSignal): Promise<void>;
  /** Makes the place where the target says which parts are in. */
  makeMarks(target: ServerRef): Promise<void>;
  readMarks(target: ServerRef): Promise<ReadonlySet<string> | undefined>;
  dropMarks(target: ServerRef): Promise<void>;
  /** The signal is the order's, and aborts when nothing comes through any more. */
  copy<T>(order: StreamOrder, work: (copier: Copier, signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Between two looks at how far the copies are. */
const lookEveryMs = 1000;

/** @param sizes of parts, where they are not the usual ones */
export function createStreamGateway(
  sessions: Sessions,
  login: ClientLogin,
  sizes?: PartSizes,
): StreamGateway {
  return {
    plan: (source, target, jobs) => planStream(sessions, source, target, jobs, sizes),
    parsePlan: (text) => streamPlanSchema.parse(JSON.parse(text)),
    endLeftovers: (target, signal) => endLeftovers(sessions, target, signal),
    makeMarks: (target) => makeMarks(sessions, target),
    readMarks: (target) => readMarks(sessions, target),
    dropMarks: (target) => dropMarks(sessions, target),
    copy: (order, work) =>
      useSnapshot(sessions, order.source, { count: 1, signal: order.signal }, ({ first, snapshot }) =>
        loginToBoth(sessions, login, order, (logins) => {
          const { signal, totals, source, target, clients } = order;
          const request = { source, target, clients, logins, snapshot };
          return withCopyLanes(request, (copy) => {
            const { copier, ...watch } = createCopier(sessions, order, { first, request, copy });
            const alive = { signal, life: watch.life };
            return whileNotStalled(sessions, [source, target], alive, (stalled) =>
              watchCopies(sessions, target, { ...watch, totals, everyMs: lookEveryMs }, () =>
                work(copier, stalled),
              ),
            );
          });
        }),
      ),
  };
}

async function loginToBoth<T>(
  sessions: Sessions,
  login: ClientLogin,
  { source, target }: StreamOrder,
  work: (logins: BothLogins) => Promise<T>,
): Promise<T> {
  const [forSource, forTarget] = await Promise.all(
    [source, target].map((server) => readClientSettings(sessions, server)),
  );
  const ofSource = { ...copySettings, ...forSource };
  const ofTarget = {
    ...{ ...copySettings, ...forTarget },
    ...{ synchronous_commit: 'off', default_transaction_read_only: 'off' },
  };
  return login(source, ofSource, (from) =>
    login(target, ofTarget, (to) => work({ source: from, target: to })),
  );
}

interface Opened {
  readonly first: Session;
  readonly request: CopyLaneRequest;
  readonly copy: CopyLane['copy'];
}

/** With what a watch of the target goes by, and a text that changes with all that is told. */
function createCopier(
  sessions: Sessions,
  order: StreamOrder,
  { first, request, copy }: Opened,
): { readonly copier: Copier; readonly life: () => string } & Pick<
  ProgressWatch,
  'report' | 'answered' | 'finishedRows'
> {
  const { target } = order;
  const rows = new Map<string, number>();
  let life = '';
  const report = (progress: Progress): void => {
    life = `${progress.item} ${String(progress.done)}`;
    order.progress(progress);
  };
  const copier: Copier = {
    part: async (part, signal) => {
      const { key, out, into } = part;
      const copied = await copy({ what: `copying ${key}`, out, into, marking: markingOf(key), signal });
      const done = (rows.get(part.label) ?? 0) + copied;
      rows.set(part.label, done);
      const total = order.totals.get(part.label);
      report({ item: part.label, done, ...(total === undefined ? {} : { total }), unit: 'rows' });
      return copied;
    },
    largeObjects: async (signal) => {
      const { found } = await first.row<{ found: boolean }>(
        'SELECT EXISTS (SELECT FROM pg_largeobject_metadata) AS found',
      );
      if (!found) return;
      await removeLargeObjects(sessions, target);
      const tell = (done: number): void => report({ item: 'large objects', done, unit: 'items' });
      await moveLargeObjects({ ...request, signal, moved: tell, allow: findRestoreRule });
      await makeDurable(sessions, target);
    },
    sequences: () => setSequences(sessions, first, target),
  };
  const finishedRows = (label: string): number => rows.get(label) ?? 0;
  return { copier, life: () => life, report, answered: () => undefined, finishedRows };
}

/** Each to where the source's stands. Those that no column owns, too. */
async function setSequences(sessions: Sessions, from: Session, target: ServerRef): Promise<number> {
  const values = await takeSequences(from);
  await sessions.use(target, { mode: 'write' }, (session) =>
    session.rows(
      `SELECT setval(s::regclass, v, c) FROM unnest($1::text[], $2::bigint[], $3::boolean[]) q(s, v, c)`,
      [
        values.map((one) => one.sequence),
        values.map((one) => one.lastValue),
        values.map((one) => one.isCalled),
      ],
    ),
  );
  return values.length;
}
