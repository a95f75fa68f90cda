import type { ChalkInstance } from 'chalk';
import type { CheckReport, Finding, Level } from '../../doctor/index.js';

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

/** A check's findings: its title once, a mark for each, and the fix below. Several about one subject stand below its name. */
export function renderReport(
  { title, findings }: CheckReport,
  { colours, width, titleWidth }: RenderOptions,
): string[] {
  const indent = ' '.repeat(MARK_WIDTH + titleWidth + 2);
  const room = width === Infinity ? Infinity : Math.min(width, WIDEST) - indent.length;
  const lines: string[] = [];
  const start = (sign: string): string =>
    `${sign} ${colours.bold((lines.length === 0 ? title : '').padEnd(titleWidth))}  `;
  findings.forEach((finding, index) => {
    const { subject, message } = finding;
    const grouped =
      width !== Infinity &&
      subject !== undefined &&
      [index - 1, index + 1].some((other) => findings[other]?.subject === subject);
    if (grouped && findings[index - 1]?.subject !== subject) lines.push(start(' ') + colours.underline(subject));
    const [first = '', ...more] = wrap(grouped || subject === undefined ? message : `${subject}: ${message}`, room);
    lines.push(start(mark(finding, colours)) + text(finding, first, colours));
    lines.push(
      ...more.map((line) => indent + text(finding, line, colours)),
      ...fixLines(finding, indent, room, colours),
    );
  });
  return lines;
}

function fixLines({ fix }: Finding, indent: string, room: number, colours: ChalkInstance): string[] {
  if (fix === undefined) return [];
  return wrap(fix, room - 2).map(
    (line, index) => `${indent}${index === 0 ? colours.cyan('→') : ' '} ${colours.cyan(line)}`,
  );
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
  const said = [count(failure, 'failure', colours.red), count(warning, 'warning', colours.yellow)].filter(
    (part) => part !== '',
  );
  return `${said.join(', ')}${failure === 0 ? ', and nothing that keeps it from working' : ''}.`;
}

function count(amount: number, word: string, colour: (text: string) => string): string {
  return amount === 0 ? '' : colour(`${amount} ${word}${amount === 1 ? '' : 's'}`);
}

/** The words of a text on lines of at most `room` characters; a word that is longer stands alone, and whole. */
export function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
