import { oneLine } from '../text/harmless.js';

export interface TableColumn<Row> {
  readonly title: string;
  /** The cell's text; line ends become spaces. Colours may be added by `style`, after the text is cut. */
  value(row: Row): string;
  style?(text: string, row: Row): string;
  /** Never made narrower than its widest cell. */
  readonly fixed?: boolean;
}

export interface TableOptions<Row> {
  readonly columns: readonly TableColumn<Row>[];
  /** Columns of the terminal; Infinity cuts nothing. */
  readonly width: number;
  style?(title: string): string;
  /** Whether cells that would be cut to almost nothing stand below the first instead. */
  readonly stacks?: boolean;
}

const GAP = 2;
const NARROWEST = 8;
/** A column that was cut to this says nothing any more. */
const SQUEEZED = 12;
/** Columns of a terminal that has room for a cell below the other, where it has none for all of them beside one another. */
const STACKED_FROM = 20;
const INDENT = 2;
/** Columns that one cell is padded by at most: one endless name would have every other row padded to its width. */
const PADDING = 300;

/**
 * Lines of a table with a heading, at most `width` characters wide: the widest columns are cut first. Where that is not enough, the
 * cells of a row stand one below the other.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  { columns, width, style = (title) => title, stacks = false }: TableOptions<Row>,
): string[] {
  const texts = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const natural = columns.map((column, index) =>
    texts.reduce((widest, cells) => Math.max(widest, displayWidth(cells[index] ?? '')), displayWidth(column.title)),
  );
  const widths = fit(
    natural,
    columns.map((column) => column.fixed === true),
    width - GAP * (columns.length - 1),
  );
  const needed = widths.reduce((sum, each) => sum + each, 0) + GAP * (columns.length - 1);
  const squeezed = widths.some((each, index) => each <= SQUEEZED && each < (natural[index] ?? 0));
  if ((needed > width || (stacks && squeezed)) && width >= STACKED_FROM)
    return stacked(rows, texts, { columns, width, style });
  const heading = line(columns.map((column, index) => cell(column.title, widths[index] ?? 0, style)));
  const body = rows.map((row, at) =>
    line(
      columns.map((column, index) =>
        cell(texts[at]?.[index] ?? '', widths[index] ?? 0, (text) => column.style?.(text, row) ?? text),
      ),
    ),
  );
  return [heading, ...body];
}

function stacked<Row>(
  rows: readonly Row[],
  texts: readonly (readonly string[])[],
  { columns, width, style = (title) => title }: TableOptions<Row>,
): string[] {
  const heading = style(cut(columns.map(({ title }) => title).join(' '.repeat(GAP)), width));
  const body = rows.flatMap((row, at) =>
    columns.flatMap((column, index) => {
      const text = texts[at]?.[index] ?? '';
      if (text === '') return [];
      const indent = index === 0 ? 0 : INDENT;
      const shown = column.fixed ? text : cut(text, width - indent);
      return [' '.repeat(indent) + (column.style?.(shown, row) ?? shown)];
    }),
  );
  return [heading.trimEnd(), ...body];
}

/** Takes from the widest columns that may give, alike from those of one width, until all fit or none has more to give. */
function fit(natural: readonly number[], fixed: readonly boolean[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const able = widths.map((width, index) => (fixed[index] || width <= NARROWEST ? 0 : width));
    const widest = Math.max(...able);
    if (widest === 0) break;
    const others = Math.max(NARROWEST, ...able.filter((width) => width < widest));
    const alike = able.filter((width) => width === widest).length;
    const give = Math.min(Math.ceil(excess / alike), Math.max(1, widest - others));
    widths[able.indexOf(widest)] = widest - give;
    excess -= give;
  }
  return widths;
}

function cell(text: string, width: number, style: (text: string) => string): string {
  const shown = cut(text, width);
  return style(shown) + ' '.repeat(Math.min(Math.max(0, width - displayWidth(shown)), PADDING));
}

function line(cells: readonly string[]): string {
  return cells.join(' '.repeat(GAP)).trimEnd();
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const kept: string[] = [];
  let used = 1;
  for (const { segment } of graphemesOf(text)) {
    used += graphemeWidth(segment);
    if (used > width) break;
    kept.push(segment);
  }
  return `${kept.join('')}…`;
}

let segmenter: Intl.Segmenter | undefined;

/** Made with the first text that needs it: to make one takes as long as all else about a start of `--help`. */
function graphemesOf(text: string): Intl.Segments {
  return (segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })).segment(text);
}
const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;

/** What most texts are made of, at a hundredth of the cost. */
const NARROW = /^[ -~]*$/;

function graphemeWidth(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}

function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** A text in lines of at most `width` characters: parted at words, or within one that is longer. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : Math.max(1, width);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
