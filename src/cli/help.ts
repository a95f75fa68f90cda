import type { Command } from 'commander';
import { oneLine } from '../text/harmless.js';

/** A command line, and what it does in a few words. */
export type Example = readonly [line: string, what: string];

/** Puts the examples before all else in the command's help. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
  return command.addHelpText('before', ({ command: shown }) => {
    const title = command.createHelp().styleTitle('Examples:');
    return shown === command ? `${title}\n${lines.join('\n')}\n` : '';
  });
}

const BOLD = '\u001b[1m';
const PLAIN = '\u001b[22m';

/** The manner of every command: errors are thrown, told in one line, and name the help to look at. */
export function adopt(command: Command, path: string): Command {
  command
    .exitOverride()
    .showHelpAfterError(`  Run "${path} --help" to see what there is.`)
    .configureOutput({
      outputError: (message, write) => write(`mcp-calc: ${oneLine(message.replace(/^error: /, ''))}\n`),
    })
    // commander takes the colours out again where stdout is no terminal, or NO_COLOR is set.
    .configureHelp({ styleTitle: (title) => `${BOLD}${title}${PLAIN}` });
  for (const child of command.commands) adopt(child, `${path} ${child.name()}`);
  return command;
}
