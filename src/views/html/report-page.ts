import { countComparisons, sortComparisons } from '../checks-table.js';
import { formatDuration } from '../quantity.js';
import { standingRows, type Report } from '../report.js';
import { formatTime } from '../runs-table.js';
import { escapeHtml } from './escape-html.js';
import { renderHtmlTable } from './html-table.js';
import { pageStyle } from './page-style.js';
import { renderTimeline } from './timeline-svg.js';

/**
 * The report as one file that needs nothing else: no script, no font, no picture from elsewhere, and a policy by which a
 * browser would load none.
 */
export function renderReportPage(report: Report): string {
  const title = escapeHtml(`Migration ${report.run}`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`,
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    `<header><h1>${title}</h1>`,
    `<p class="move">${escapeHtml(report.source)} → ${escapeHtml(report.target)}, by ${escapeHtml(report.path)}</p></header>`,
    '<main>',
    renderFigures(report),
    section('Timeline', renderTimeline(report)),
    section('Steps', renderSteps(report)),
    section('Checks', renderChecks(report)),
    section('Verification', renderComparisons(report)),
    section('Changes made', renderChanges(report)),
    section('What stands, and costs', renderStanding(report)),
    section(
      'Remarks',
      renderList(
        'ul',
        report.remarks.map((remark) => escapeHtml(remark)),
      ),
    ),
    section('Taking it back by hand, in this order', renderUndo(report)),
    '</main>',
    `<footer>rds2aurora ${escapeHtml(report.toolVersion)}; all times in UTC.</footer>`,
    '</body>',
    '</html>',
    '',
  ]
    .filter((part) => part !== '')
    .join('\n')
    .concat('\n');
}

function renderFigures(report: Report): string {
  const { downtime } = report;
  const figures: readonly (readonly [string, string])[] = [
    ['Outcome', `<span class="badge ${escapeHtml(report.outcome)}">${escapeHtml(report.outcome)}</span>`],
    ['Could not write', downtime === null ? 'not measured' : formatDuration(downtime.milliseconds)],
    ['Whole run', formatDuration(report.totalMilliseconds)],
    ['Compared', countComparisons(report.comparisons)],
    ['Started', escapeHtml(formatTime(report.startedAt))],
  ];
  const boxes = figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return `<dl class="figures">${boxes.join('')}</dl>`;
}

function renderSteps({ steps }: Report): string {
  const numbered = steps.map((step, index) => ({ ...step, number: index + 1 }));
  return renderHtmlTable('Steps', numbered, [
    { title: '#', cell: (step) => String(step.number), number: true },
    { title: 'Step', cell: (step) => step.title },
    { title: 'State', cell: (step) => step.state, badge: true },
    { title: 'Tries', cell: (step) => String(step.attempts), number: true },
    { title: 'Started', cell: (step) => formatTime(step.startedAt), number: true },
    {
      title: 'Time',
      cell: (step) => (step.milliseconds === null ? '' : formatDuration(step.milliseconds)),
      number: true,
    },
  ]);
}

function renderChecks({ checks }: Report): string {
  if (checks.length === 0) return '';
  return renderHtmlTable('Checks', checks, [
    { title: 'Result', cell: (check) => check.result, badge: true },
    { title: 'Check', cell: (check) => check.check },
    { title: 'Detail', cell: (check) => check.detail },
  ]);
}

function renderComparisons({ comparisons }: Report): string {
  if (comparisons.length === 0) return '';
  return renderHtmlTable('Verification', sortComparisons(comparisons), [
    { title: 'Result', cell: (one) => one.result, badge: true },
    { title: 'Item', cell: (one) => one.item },
    { title: 'Source', cell: (one) => one.source ?? '' },
    { title: 'Target', cell: (one) => one.target ?? '' },
    { title: 'Detail', cell: (one) => one.detail ?? '' },
  ]);
}

function renderChanges({ changes }: Report): string {
  if (changes.length === 0) return '';
  return renderHtmlTable('Changes made', changes, [
    { title: 'Step', cell: (change) => change.step },
    { title: 'Call', cell: (change) => change.call },
    { title: 'Identifier', cell: (change) => change.key },
    { title: 'ARN', cell: (change) => change.arn ?? '' },
    { title: 'AWS request', cell: (change) => change.requestId ?? '' },
  ]);
}

function renderStanding({ standing }: Report): string {
  if (standing === null) return '';
  const rows = renderHtmlTable('What stands, and costs', standingRows(standing), [
    { title: 'What', cell: ([what]) => what },
    { title: 'About, USD', cell: ([, usd]) => usd, number: true },
    { title: 'Basis', cell: ([, , basis]) => basis },
  ]);
  return `${rows}<p>${escapeHtml(standing.remark)}</p>`;
}

function renderUndo({ undo }: Report): string {
  const items = undo
    .filter(({ note }) => note.length > 0)
    .map(({ step, note }) => `${escapeHtml(step)}<pre><code>${note.map(escapeHtml).join('\n')}</code></pre>`);
  return renderList('ol', items);
}

function renderList(tag: 'ol' | 'ul', items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<${tag}>${items.map((item) => `<li>${item}</li>`).join('\n')}</${tag}>`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section>\n<h2>${title}</h2>\n${body}\n</section>`;
}
