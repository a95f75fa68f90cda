import { expect, it } from 'vitest';
import { renderTable, wrap } from '../../src/cli/table.js';
import type { TableColumn } from '../../src/cli/table.js';

interface Row {
  name: string;
  what: string;
}

const columns: TableColumn<Row>[] = [
  { title: 'NAME', value: ({ name }) => name, fixed: true },
  { title: 'WHAT', value: ({ what }) => what },
];

it('lines its columns up and leaves no space at the end of a line', () => {
  const rows = [
    { name: 'add', what: 'sums' },
    { name: 'multiply', what: '' },
  ];
  expect(renderTable(rows, { columns, width: Infinity })).toEqual(['NAME      WHAT', 'add       sums', 'multiply']);
});

it('cuts the text that gives, never a fixed column, to the width of the terminal', () => {
  const lines = renderTable([{ name: 'a-long-tool-name', what: 'x'.repeat(200) }], { columns, width: 40 });
  expect(lines[1]).toBe(`a-long-tool-name  ${'x'.repeat(21)}…`);
  expect(Math.max(...lines.map((line) => line.length))).toBe(40);
});

it('takes as much from each of the widest columns', () => {
  const both = columns.map((column) => ({ ...column, fixed: false }));
  const lines = renderTable([{ name: 'n'.repeat(60), what: 'w'.repeat(200) }], { columns: both, width: 40 });
  expect(lines[1]).toBe(`${'n'.repeat(18)}…  ${'w'.repeat(18)}…`);
});

it('stands the cells of a row one below the other where a fixed column leaves them no room', () => {
  const rows = [
    { name: 'a-name-that-is-as-wide-as-this', what: 'x'.repeat(50) },
    { name: 'b', what: '' },
  ];
  expect(renderTable(rows, { columns, width: 32 })).toEqual([
    'NAME  WHAT',
    'a-name-that-is-as-wide-as-this',
    `  ${'x'.repeat(29)}…`,
    'b',
  ]);
});

it('does so where they would be cut to almost nothing, if it is told to', () => {
  const table = { columns, width: 30 };
  const rows = [{ name: 'a-name-that-is-wide', what: 'x'.repeat(50) }];
  expect(renderTable(rows, { ...table, stacks: true })[2]).toBe(`  ${'x'.repeat(27)}…`);
  expect(renderTable(rows, table)[1]).toBe(`a-name-that-is-wide  ${'x'.repeat(8)}…`);
});

it('parts a text at words, and within one that is longer than a line', () => {
  expect(wrap('one two three-and-more four', 9)).toEqual(['one two', 'three-and', '-more', 'four']);
  expect(wrap('one two', Infinity)).toEqual(['one two']);
});

it('keeps a column readable where the terminal is hopelessly narrow', () => {
  expect(renderTable([{ name: 'name', what: 'something long' }], { columns, width: 5 })[1]).toBe('name  somethi…');
});

it('puts a cell on one line and takes escape sequences out', () => {
  expect(renderTable([{ name: 'a\nb', what: '\u001b[31mred\u001b[0m\ttext' }], { columns, width: Infinity })[1]).toBe(
    'a b   red text',
  );
});

it('lets no control character and no mark of direction into a cell', () => {
  expect(renderTable([{ name: 'a\u0007b', what: 'c\u009bd\u202ee' }], { columns, width: Infinity })[1]).toBe(
    'a b   c de',
  );
});

it('counts wide characters as two', () => {
  expect(
    renderTable(
      [
        { name: '計算', what: 'x' },
        { name: 'ab', what: 'y' },
      ],
      { columns, width: Infinity },
    ),
  ).toEqual(['NAME  WHAT', '計算  x', 'ab    y']);
});

it('colours the text without moving the next column', () => {
  const styled = [{ ...columns[0], style: (text: string) => `<${text}>` } as TableColumn<Row>, ...columns.slice(1)];
  expect(renderTable([{ name: 'a', what: 'b' }], { columns: styled, width: Infinity })[1]).toBe('<a>     b');
});
