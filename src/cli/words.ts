import type { Command } from 'commander';
import { CliError } from './errors.js';

/** commander hands over the words on both sides of `--` as one list; the raw arguments tell them apart. */
export function wordsAfterDashes(command: Command): { operands: readonly string[]; rest: readonly string[] } {
  let root = command;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as Command & { rawArgs: string[] };
  const at = rawArgs.indexOf('--');
  const count = at === -1 ? 0 : rawArgs.length - at - 1;
  return {
    operands: command.args.slice(0, command.args.length - count),
    rest: count === 0 ? [] : rawArgs.slice(-count),
  };
}

/** The command of a server, after `--`; empty where none is named. Throws a {@link CliError} for words that stand before. */
export function commandAfterDashes(command: Command): readonly string[] {
  const { operands, rest } = wordsAfterDashes(command);
  const [stray] = operands;
  if (stray === undefined) return rest;
  throw new CliError(`"${stray}" is not an option of ${command.name()}`, {
    hint: `The command of a server comes after --: mcp-calc ${command.name()} -- ${operands.join(' ')}`,
  });
}
