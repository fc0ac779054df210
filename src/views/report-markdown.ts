import { countComparisons } from './checks-table.js';
import { printable } from './printable.js';
import { formatDuration } from './quantity.js';
import { standingRows, type Report } from './report.js';

/** The report for people: readable as it is, and as a page of a code host. */
export function renderReport(report: Report): string {
  const sections = [
    renderHead(report),
    section('Steps', table(['#', 'Step', 'State', 'Tries', 'Started (UTC)', 'Time'], stepRows(report))),
    section(
      'Checks',
      table(
        ['Result', 'Check', 'Detail'],
        report.checks.map((one) => [one.result, one.check, one.detail]),
      ),
    ),
    section(
      `Comparison: ${countComparisons(report.comparisons)}`,
      table(['Result', 'Item', 'Source', 'Target', 'Detail'], comparisonRows(report)),
    ),
    section('Changes made', table(['Step', 'Call', 'Identifier', 'ARN', 'AWS request'], changeRows(report))),
    section('What stands, and costs', standing(report)),
    section('Remarks', report.remarks.map((remark) => `- ${escape(remark)}`).join('\n')),
    section('Taking it back by hand, in this order', undoList(report)),
  ];
  return `${sections.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderHead(report: Report): string {
  const { downtime } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['Path', report.path],
    ['Outcome', report.outcome],
    ['Source', report.source],
    ['Target', report.target],
    ['Started (UTC)', report.startedAt],
    ['Whole run', formatDuration(report.totalMilliseconds)],
    ['Application could not write', downtime === null ? 'not measured' : describeDowntime(downtime)],
    ['Tool', `rds2aurora ${report.toolVersion}`],
  ];
  return `# Migration ${escape(report.run)}\n\n${table(['', ''], rows)}`;
}

function describeDowntime(downtime: NonNullable<Report['downtime']>): string {
  return `${formatDuration(downtime.milliseconds)} (${downtime.from} to ${downtime.to})`;
}

function stepRows(report: Report): readonly (readonly string[])[] {
  return report.steps.map((step, index) => [
    String(index + 1),
    step.title,
    step.state,
    String(step.attempts),
    step.startedAt ?? '',
    step.milliseconds === null ? '' : formatDuration(step.milliseconds),
  ]);
}

function comparisonRows(report: Report): readonly (readonly string[])[] {
  return report.comparisons.map((one) => [
    one.result,
    one.item,
    one.source ?? '',
    one.target ?? '',
    one.detail ?? '',
  ]);
}

function changeRows(report: Report): readonly (readonly string[])[] {
  return report.changes.map((one) => [one.step, one.call, one.key, one.arn ?? '', one.requestId ?? '']);
}

function standing({ standing: stands }: Report): string {
  if (stands === null) return '';
  const rows = table(['What', 'About, USD', 'Basis'], standingRows(stands));
  return `${rows}\n\n${escape(stands.remark)}`;
}

function undoList(report: Report): string {
  return report.undo
    .filter(({ note }) => note.length > 0)
    .map(({ step, note }, index) => `${index + 1}. ${escape(step)}\n\n${indent(codeBlock(note))}`)
    .join('\n\n');
}

/** To be pasted into a shell. The fence is longer than any that the text may hold. */
function codeBlock(lines: readonly string[]): string {
  const text = lines.map((line) => printable(line));
  const longest = Math.max(
    2,
    ...text.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sh`, ...text, fence].join('\n');
}

/** As far as a list item of up to 99 needs it. */
const indent = (text: string): string => text.replace(/^/gm, '    ');

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(escape).join(' | ')} |`;
  return [line(titles), `|${' --- |'.repeat(titles.length)}`, ...rows.map(line)].join('\n');
}

/** Foreign text must not become markup: Markdown would turn it into links, HTML or new columns. */
function escape(text: string): string {
  return printable(text).replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`);
}
