import { printable } from './printable.js';
import { formatBytes } from './quantity.js';
import { renderTable } from './table.js';

export interface RunRow {
  readonly run: string;
  readonly state: string;
  readonly path: string | null;
  readonly source: string | null;
  readonly target: string | null;
  readonly startedAt: string | null;
  readonly stepsDone: number;
  readonly steps: number;
  readonly problem: string | null;
}

export function renderRuns(runs: readonly RunRow[]): string {
  if (runs.length === 0) return 'No runs here.';
  return renderTable(runs, [
    { title: 'RUN', cell: (run) => run.run },
    { title: 'STATE', cell: (run) => run.state },
    {
      title: 'STEPS',
      align: 'right',
      cell: (run) => (run.problem === null ? `${run.stepsDone}/${run.steps}` : ''),
    },
    { title: 'PATH', cell: (run) => run.path ?? '' },
    { title: 'STARTED (UTC)', cell: (run) => formatTime(run.startedAt) },
    { title: 'SOURCE', cell: (run) => run.source ?? '' },
    { title: 'TARGET', cell: (run) => run.target ?? '' },
    { title: 'PROBLEM', cell: (run) => run.problem ?? '' },
  ]);
}

/** `2026-11-23 14:02:11` from an ISO time in UTC; nothing from null. */
export function formatTime(iso: string | null): string {
  return iso === null ? '' : iso.slice(0, 19).replace('T', ' ');
}

export interface PrunedRows {
  readonly removed: boolean;
  readonly runs: readonly {
    readonly run: string;
    readonly state: string;
    readonly endedAt: string;
    readonly bytes: number;
    readonly places: readonly string[];
  }[];
  readonly bytes: number;
  readonly kept: readonly { readonly run: string; readonly because: string }[];
}

/** What was removed, or would be. */
export function renderPruned({ removed, runs, bytes, kept }: PrunedRows): string {
  const table = renderTable(runs, [
    { title: 'RUN', cell: (run) => run.run },
    { title: 'STATE', cell: (run) => run.state },
    { title: 'ENDED (UTC)', cell: (run) => formatTime(run.endedAt) },
    { title: 'SIZE', align: 'right', cell: (run) => formatBytes(run.bytes) },
    { title: 'FOLDERS', cell: (run) => run.places.join(', ') },
  ]);
  const verb = removed ? 'Removed' : 'To be removed';
  const head =
    runs.length === 0
      ? 'No run is to be removed.'
      : `${table}\n${verb}: ${runs.length}, ${formatBytes(bytes)}.`;
  const stay = kept.map(({ run, because }) => `  ${printable(run)}: ${because}`);
  return [head, ...(stay.length === 0 ? [] : [['Kept:', ...stay].join('\n')])].join('\n\n');
}
