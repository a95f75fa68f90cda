import type { Command, Help } from 'commander';
import { oneLine } from '../text/harmless.js';
import { wrap } from './table.js';

/** A command line, and what it does in a few words. */
export type Example = readonly [line: string, what: string];

/** Columns of who says nothing of them: a pipe, and a terminal that doesn't know its size. */
const USUAL_WIDTH = 80;
/** In fewer columns a description stands below what it describes. */
const SIDE_BY_SIDE_FROM = 60;
const INDENT = '  ';
/** The part of the width that flags, or the lines of examples, may take from their descriptions. */
const TERM_SHARE = 0.42;
const EXAMPLE_SHARE = 0.58;

/** Puts the examples before all else in the command's help. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  return command.addHelpText('before', ({ command: shown }) => {
    const title = command.createHelp().styleTitle('Examples:');
    const width = widthOf(shown);
    const column = Math.min(Math.max(...examples.map(([line]) => line.length)), Math.floor(width * EXAMPLE_SHARE));
    const lines = examples.map(([line, what]) => entry(line, what, column, width));
    return shown === command ? `${title}\n${lines.join('\n')}\n` : '';
  });
}

/** Puts a text after all else in the command's help; it is made when it is shown. */
export function withAfterword(command: Command, text: () => string): Command {
  return command.addHelpText('after', ({ command: shown }) => {
    const said = text();
    return said === '' ? '' : `\n${wrap(said, widthOf(shown)).join('\n')}`;
  });
}

function widthOf(shown: Command): number {
  return shown.configureOutput().getOutHelpWidth?.() || USUAL_WIDTH;
}

/** What is described, and its description beside it, or below where there is no room. */
function entry(term: string, description: string, column: number, width: number): string {
  const isBeside = width >= SIDE_BY_SIDE_FROM;
  const margin = isBeside ? column + 2 * INDENT.length : 3 * INDENT.length;
  const [first = '', ...more] = description === '' ? [] : wrap(description, width - margin);
  const rest = more.map((line) => ' '.repeat(margin) + line);
  if (isBeside && term.length <= column)
    return [`${INDENT}${term.padEnd(column)}${INDENT}${first}`.trimEnd(), ...rest].join('\n');
  const terms = wrap(term, width - 2 * INDENT.length).map((line, at) => INDENT.repeat(at === 0 ? 1 : 2) + line);
  return [...terms, ...(first === '' ? [] : [' '.repeat(margin) + first]), ...rest].join('\n');
}

const BOLD = '\u001b[1m';
const PLAIN = '\u001b[22m';
const USAGE = 'Usage: ';

/** The manner of every command: errors are thrown, told in one line, and name the help to look at. */
export function adopt(command: Command, path: string): Command {
  command
    .exitOverride()
    .showHelpAfterError(`  Run "${path} --help" to see what there is.`)
    .configureOutput({
      outputError: (message, write) => write(`mcp-calc: ${oneLine(message.replace(/^error: /, ''))}\n`),
    })
    .configureHelp({
      minWidthToWrap: SIDE_BY_SIDE_FROM / 3,
      // commander takes the colours out again where stdout is no terminal, or NO_COLOR is set.
      styleTitle(this: Help, title) {
        return `${BOLD}${wrap(title, this.helpWidth || USUAL_WIDTH).join('\n')}${PLAIN}`;
      },
      styleUsage(this: Help, usage) {
        return wrap(usage, (this.helpWidth || USUAL_WIDTH) - USAGE.length).join(`\n${' '.repeat(USAGE.length)}`);
      },
      // commander wraps nothing where the longest flag leaves less than 40 columns to all descriptions.
      formatItem(term, termWidth, description, helper) {
        const width = helper.helpWidth || USUAL_WIDTH;
        return entry(term, description, Math.min(termWidth, Math.floor(width * TERM_SHARE)), width);
      },
    });
  for (const child of command.commands) adopt(child, `${path} ${child.name()}`);
  return command;
}
