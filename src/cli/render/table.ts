import { textWidth } from './text-width.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right, so that their digits line up. @default 'left' */
  readonly align?: 'left' | 'right';
}

/** Lines of a table: a head, then a line a row, each column as wide as its widest cell, two spaces between. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const head = columns.map((column) => column.title);
  const widths = columns.map((_, at) => Math.max(...[head, ...rows].map((row) => textWidth(row[at] ?? ''))));
  return [head, ...rows].map((row) =>
    columns
      .map(({ align }, at) => {
        const cell = row[at] ?? '';
        const room = ' '.repeat((widths[at] ?? 0) - textWidth(cell));
        return align === 'right' ? room + cell : cell + room;
      })
      .join('  ')
      .trimEnd(),
  );
}
