import type { Command } from 'commander';

/** The operands of a verb, and the command of a stdio server after `--`. */
export interface Words {
  readonly operands: readonly string[];
  readonly server: readonly string[];
}

/** commander hands over the words on both sides of `--` as one list; the raw arguments tell them apart. */
export function splitWords(verb: Command): Words {
  let root = verb;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as Command & { rawArgs: string[] };
  const at = rawArgs.indexOf('--');
  const count = at === -1 ? 0 : rawArgs.length - at - 1;
  return { operands: verb.args.slice(0, verb.args.length - count), server: count === 0 ? [] : rawArgs.slice(-count) };
}
