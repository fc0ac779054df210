import { escapeHtml } from './escape-html.js';

export interface HtmlColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Right-aligned, and never broken: figures and moments. */
  readonly number?: boolean;
  /** The cell's text is also its class, so that a result can be told by colour beside its word. */
  readonly badge?: boolean;
}

/** A table that scrolls by itself where the page is narrow. All text is escaped here. */
export function renderHtmlTable<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly HtmlColumn<Row>[],
): string {
  const head = columns.map(
    ({ title, number }) => `<th scope="col"${align(number)}>${escapeHtml(title)}</th>`,
  );
  const body = rows.map((row) => `<tr>${columns.map((column) => renderCell(column, row)).join('')}</tr>`);
  return [
    `<div class="wide" role="region" aria-label="${escapeHtml(caption)}" tabindex="0"><table>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function renderCell<Row>({ cell, number, badge }: HtmlColumn<Row>, row: Row): string {
  const text = escapeHtml(cell(row));
  return badge === true
    ? `<td><span class="badge ${text}">${text}</span></td>`
    : `<td${align(number)}>${text}</td>`;
}

function align(number: boolean | undefined): string {
  return number === true ? ' class="number"' : ' class="text"';
}
