import { buildReport } from '../cli/build-report.js';
import type { Config } from '../config/schema.js';
import type { RunState } from '../journal/run-state.js';
import type { SealedStep } from '../pipeline/seal.js';
import { previewUndo } from '../pipeline/undo-path.js';
import { renderReportPage } from '../views/html/report-page.js';
import { renderReport } from '../views/report-markdown.js';
import type { Report } from '../views/report.js';

/** The report of a run as it stands, with the notes of its steps on how they are taken back by hand. */
export function makeReport(state: RunState, config: Config, steps: readonly SealedStep<Config>[]): Report {
  const preview = previewUndo({ run: { state: () => state }, config, steps });
  const undo = preview.steps.filter(({ kind }) => kind === 'undo');
  return buildReport(state, { undo: undo.length === 0 ? [] : [shellFor(config), ...undo] });
}

/** What the commands of the steps rely on; without a pager one command can follow the other. */
function shellFor({ region }: Config): { readonly id: string; readonly note: readonly string[] } {
  return {
    id: 'first, in bash',
    note: [
      `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_PAGER=`,
      '# the AWS CLI, psql and jq have to be on the path, and psql has to find the password (PGPASSWORD or a passfile)',
    ],
  };
}

/** How a report can be written, and how its file is called. */
export const reportFormats = {
  markdown: { extension: 'md', render: renderReport },
  html: { extension: 'html', render: renderReportPage },
  json: { extension: 'json', render: (report: Report): string => `${JSON.stringify(report, null, 2)}\n` },
} as const;
