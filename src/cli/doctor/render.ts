import type { ChalkInstance } from 'chalk';
import type { CheckReport, Finding, Level } from '../../doctor/index.js';
import { wrap } from '../wrap.js';

const MARKS: Readonly<Record<Level, string>> = { ok: '✓', info: '·', warning: '!', failure: '✗' };
const MARK_WIDTH = 2;
/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 100;

export interface RenderOptions {
  readonly colours: ChalkInstance;
  /** Columns of the terminal; with Infinity each finding and each fix is one line. */
  readonly width: number;
  /** Of the longest title. */
  readonly titleWidth: number;
}

/** A check's findings: its title once, a mark for each, and the fix below. */
export function renderReport({ title, findings }: CheckReport, { colours, width, titleWidth }: RenderOptions): string[] {
  const indent = MARK_WIDTH + titleWidth + 2;
  const room = width === Infinity ? Infinity : Math.min(width, WIDEST) - indent;
  return findings.flatMap((finding, index) => {
    const label = (index === 0 ? title : '').padEnd(titleWidth);
    const [first = '', ...more] = wrap(finding.message, room);
    const head = `${mark(finding, colours)} ${colours.bold(label)}  ${text(finding, first, colours)}`;
    const rest = more.map((line) => ' '.repeat(indent) + text(finding, line, colours));
    return [head, ...rest, ...fixLines(finding, ' '.repeat(indent), room, colours)];
  });
}

function fixLines({ fix }: Finding, indent: string, room: number, colours: ChalkInstance): string[] {
  if (fix === undefined) return [];
  return wrap(fix, room - 2).map((line, index) => `${indent}${index === 0 ? colours.cyan('→') : ' '} ${colours.cyan(line)}`);
}

function mark({ level }: Finding, colours: ChalkInstance): string {
  const colour = { ok: colours.green, info: colours.dim, warning: colours.yellow, failure: colours.red }[level];
  return colour(MARKS[level]);
}

function text({ level }: Finding, line: string, colours: ChalkInstance): string {
  return level === 'info' ? colours.dim(line) : line;
}

/** The last line: what it comes to. */
export function renderSummary(counts: Readonly<Record<Level, number>>, colours: ChalkInstance): string {
  const { warning, failure } = counts;
  if (warning + failure === 0) return colours.green('All is well.');
  const said = [count(failure, 'failure', colours.red), count(warning, 'warning', colours.yellow)].filter((part) => part !== '');
  return `${said.join(', ')}${failure === 0 ? ', and nothing that keeps it from working' : ''}.`;
}

function count(amount: number, word: string, colour: (text: string) => string): string {
  return amount === 0 ? '' : colour(`${amount} ${word}${amount === 1 ? '' : 's'}`);
}
