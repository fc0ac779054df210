import { printable } from './printable.js';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  cell(row: Row): string;
}

/**
 * Rows in aligned columns, without lines or colour: readable by people, greppable by scripts. Cells are foreign text
 * and are escaped. Columns in which every cell is empty are left out.
 */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = columns.map((column) => ({
    align: column.align ?? 'left',
    texts: [column.title, ...rows.map((row) => printable(column.cell(row)))],
  }));
  const kept = cells.filter(({ texts }) => texts.slice(1).some((text) => text !== ''));
  const sized = kept.map((column) => ({ ...column, width: Math.max(...column.texts.map(displayWidth)) }));
  const lines = [...Array(rows.length + 1).keys()].map((line) =>
    sized
      .map(({ texts, align, width }) => pad(texts[line] ?? '', width, align))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Columns a terminal gives the text: wide East Asian characters and emoji take two, combining marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

const noWidth = /^\p{M}$/u;
const doubleWidth =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$/u;

function characterWidth(character: string): number {
  if (noWidth.test(character)) return 0;
  return doubleWidth.test(character) ? 2 : 1;
}
