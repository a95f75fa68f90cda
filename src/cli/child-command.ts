import type { Command } from 'commander';
import type { ChildCommand } from '../children/command.js';
import { CliError } from './errors.js';
import { commandAfterDashes } from './words.js';

/** Lets a serving command take the words after `--` as the command of the server that it is to serve. */
export function withChild(command: Command): Command {
  return command
    .argument('[command...]', 'after --: the command of a server that speaks over stdio, to be served in place of ours')
    .usage('[options] [-- command args…]');
}

/** The server that is to be started; undefined where none is named. Throws a {@link CliError} for words that stand elsewhere. */
export async function childOf(
  command: Command,
  config: {
    readonly server?: string;
    readonly env?: readonly string[];
    readonly perSession?: boolean;
    readonly share?: boolean;
  },
): Promise<ChildCommand | undefined> {
  const [name, ...args] = commandAfterDashes(command);
  if (config.perSession && config.server === undefined)
    throw new CliError('--per-session is for a --server function', {
      hint: name === undefined ? undefined : 'A command after -- is started once for each session without it.',
    });
  if (name === undefined) {
    if (config.share) throw new CliError('--share is for the command of a server, after --');
    return undefined;
  }
  if (config.server !== undefined) throw new CliError('Only one of --server and a command after -- can be the server');
  const { environmentOf } = await import('../children/command.js');
  return { command: name, args, env: environmentOf(config.env ?? [], process.env) };
}
