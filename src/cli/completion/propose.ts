import type { Command } from 'commander';
import type { Connection } from '../../client/connection.js';
import { serverNames } from '../../hosts/find-server.js';
import { within } from '../../net/time-limit.js';
import { oneLine } from '../../text/harmless.js';
import { openerFor } from '../commands/client/connected.js';
import { proposalsFor } from '../commands/client/shell/proposals.js';
import type { Proposal } from '../commands/client/shell/proposals.js';
import { wordsOf } from '../commands/client/shell/words.js';
import { targetFrom } from '../commands/client/target.js';
import type { ClientFlags } from '../commands/client/verb.js';
import type { Output } from '../output.js';
import { thisMachine } from '../this-machine.js';
import { NAMES_ITS_SERVER } from './tree.js';

/** How long a server may take to be reached and asked, ms: somebody has pressed Tab, and waits. */
const LIMIT_MS = 2_000;
/** And to be let go of again. */
const CLOSING_MS = 300;
/** Characters of a proposal, and how many there are. */
const LONGEST = 500;
const MOST = 500;

/**
 * What may stand in place of the last word of `mcp-calc …`, as a shell's script asks for it: what the server offers that the words name,
 * or the names of servers. Nothing where that can't be known in time: no fault is told, and no one is asked to sign in or to agree.
 * @param words as the shell has them, without `mcp-calc`; the last one stands at the cursor, and may be empty
 */
export async function propose(words: readonly string[], client: Command, output: Output): Promise<Proposal[]> {
  const [flag, value] = /^(--[\w-]+)=(.*)$/s.exec(words.at(-1) ?? '')?.slice(1) ?? [];
  const typed = flag === undefined ? words : [...words.slice(0, -1), flag, value ?? ''];
  const [name, verbName, ...rest] = typed.slice(0, -1);
  const word = typed.at(-1) ?? '';
  const verb = client.commands.find((each) => each.name() === verbName);
  // What follows `--` is a command of somebody else; none is started because of a Tab.
  if (name !== client.name() || verb === undefined || rest.includes('--')) return [];
  const controller = new AbortController();
  const proposed =
    rest.at(-1) === NAMES_ITS_SERVER
      ? serverNames(thisMachine(), rest[rest.indexOf('--config') + 1 || rest.length]).then((names) =>
          names.map((one) => ({ word: one, isWhole: true })),
        )
      : ofServer(verb, rest, word, output, controller.signal);
  const all = await within(
    proposed.catch(() => []),
    LIMIT_MS,
    () => [],
  );
  controller.abort();
  // A name that could do harm on the terminal is none that anybody would want to type.
  const isFitting = (one: string): boolean => one.startsWith(word) && one.length <= LONGEST && oneLine(one) === one;
  const fitting = new Map(all.filter((one) => isFitting(one.word)).map((one) => [one.word, one]));
  return [...fitting.values()].slice(0, MOST);
}

/** The words as a shell's script passes them on, with their quotes. Throws a CliError where one is left open. */
export function withoutQuotes(words: readonly string[]): string[] {
  return words.map((word) => wordsOf(word).join(' '));
}

async function ofServer(
  verb: Command,
  words: readonly string[],
  word: string,
  output: Output,
  signal: AbortSignal,
): Promise<Proposal[]> {
  verb.exitOverride().configureOutput({ outputError: () => undefined });
  const { operands } = verb.parseOptions([...words]);
  const flags = { ...verb.opts<ClientFlags>(), connectTimeout: undefined, trace: undefined, verbose: undefined };
  const silent: Output = { ...output, note: () => undefined };
  const target = await targetFrom(flags, [], silent.note);
  const open = await openerFor(
    { flags, output: silent, target, say: silent.note, asker: undefined, signal },
    () => undefined,
  );
  const connection: Connection = await open();
  try {
    const verbs = new Map([[verb.name(), verb]]);
    return await proposalsFor([verb.name(), ...operands], word, {
      connection,
      verbs,
      builtins: [],
      extras: { signal },
    });
  } finally {
    await within(connection.close(), CLOSING_MS, () => undefined);
  }
}
