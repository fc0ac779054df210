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
