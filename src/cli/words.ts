import type { Command } from 'commander';

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
