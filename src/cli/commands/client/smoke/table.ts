import type { SmokeReport, SmokeResult } from '../../../../client/smoke/report.js';
import { oneLine } from '../../../../text/harmless.js';
import type { Output } from '../../../output.js';
import { renderTable, wrap } from '../../../table.js';
import type { TableColumn } from '../../../table.js';

export const MARKS = { passed: '✓', warned: '!', failed: '✗', skipped: '-' } as const;
export const COLOURS = { passed: 'green', warned: 'yellow', failed: 'red', skipped: 'dim' } as const;

/** Columns of a terminal that has no room for more than the names: what was found of those that matter stands above the table. */
const NARROW = 60;
/** Rows that say the same of different things are one, from so many on. */
const EQUAL_ROWS = 4;
/** Names that such a row shows. */
const NAMES = 3;
/** Characters of what was found where nothing is wrong. */
const SEEN_CHARACTERS = 200;

export function printReport({ results, notCalled, ...counts }: SmokeReport, output: Output): void {
  const { colours } = output;
  const width = output.width();
  const mark: TableColumn<SmokeResult> = {
    title: ' ',
    value: ({ outcome }) => MARKS[outcome],
    style: (text, { outcome }) => colours[COLOURS[outcome]](text),
    fixed: true,
  };
  const check: TableColumn<SmokeResult> = { title: 'CHECK', value: ({ name }) => name };
  const all: TableColumn<SmokeResult>[] = [
    mark,
    { title: 'GROUP', value: ({ group }) => group, fixed: true },
    check,
    { title: 'MS', value: ({ ms }) => String(ms), fixed: true },
    { title: 'FOUND', value: foundIn },
  ];
  const lines = renderTable(together(results), {
    columns: width < NARROW ? [mark, check] : all,
    width,
    style: (title) => colours.bold(title),
  });
  for (const line of lines) output.print(line);
  // The table of a terminal is cut, and what stood above it went elsewhere.
  if (output.isTerminal && !output.isNoteTerminal)
    for (const { outcome, name, detail = '' } of results)
      if (outcome === 'failed')
        for (const line of wrap(`${MARKS.failed} ${oneLine(name)}: ${oneLine(detail)}`, width)) output.print(line);
  if (notCalled.length > 0)
    for (const line of wrap(`Not called, since they are not marked as read-only: ${notCalled.join(', ')}`, width))
      output.print(line);
  output.print(
    `\n${counts.passed} passed, ${counts.warned} warned, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
}

function foundIn(result: SmokeResult): string {
  const text = oneLine(result.detail ?? '');
  return isBad(result) ? text : text.slice(0, SEEN_CHARACTERS);
}

function isBad({ outcome }: SmokeResult): boolean {
  return outcome === 'failed' || outcome === 'warned';
}

/**
 * A page of rows that differ in what they are about alone says no more than one: `declare 12: add, divide, …`. What fails or warns has
 * a row of its own.
 */
function together(results: readonly SmokeResult[]): SmokeResult[] {
  const alike = new Map<string, SmokeResult[]>();
  for (const result of results) {
    const { group, outcome, name, detail = '' } = result;
    const key = JSON.stringify([group, outcome, verbOf(name), detail]);
    alike.set(key, [...(alike.get(key) ?? []), result]);
  }
  return [...alike.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined || rows.length < EQUAL_ROWS || isBad(first)) return rows;
    const verb = verbOf(first.name);
    const names = rows.map(({ name }) => name.slice(verb.length).trim());
    return [
      {
        ...first,
        name: `${verb} ${rows.length}: ${names.slice(0, NAMES).join(', ')}, …`,
        ms: rows.reduce((sum, { ms }) => sum + ms, 0),
      },
    ];
  });
}

function verbOf(name: string): string {
  return /^(declare|call|read|get)(?= )/.exec(name)?.[0] ?? name;
}
