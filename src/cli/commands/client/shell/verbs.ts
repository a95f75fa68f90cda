import { Help } from 'commander';
import type { Command, Option } from 'commander';
import { CliError } from '../../../errors.js';
import type { Output } from '../../../output.js';
import { wrap } from '../../../table.js';
import { connectedVerb } from '../connected.js';
import type { ClientFlags } from '../verb.js';

/** Groups of flags that say how to connect, and other flags that do: they are given to the shell, not to a line. */
const START_GROUPS = ['Server:', 'Signing in:'];
const START_FLAGS = ['--trace', '--verbose', '--curl-also'];
const LINE_FLAGS = ['--timeout', '--yes'];

function isOfStart({ long = '', helpGroupHeading = '' }: Option): boolean {
  return START_FLAGS.includes(long) || (START_GROUPS.includes(helpGroupHeading) && !LINE_FLAGS.includes(long));
}

/** Has a verb of the command line only read its flags, and speak of itself as one of the shell. */
export function adoptVerb(verb: Command, output: Output): void {
  verb
    .action(() => undefined)
    .usage(`${connectedVerb(verb)?.operands.usage ?? ''} [options]`.trimStart())
    .showHelpAfterError(`  Type "help ${verb.name()}" to see what there is.`)
    .configureHelp({
      ...verb.configureHelp(),
      visibleOptions: (command) => new Help().visibleOptions(command).filter((option) => !isOfStart(option)),
    })
    .configureOutput({
      writeOut: (text) => output.print(inShell(text).trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
    });
}

/** Help without what only a command line has: examples that name a server, and the words before a verb. */
function inShell(help: string): string {
  return help.replace(/^ {2}mcp-calc client .* (?:--url|--) .*\n/gm, '').replaceAll('mcp-calc client ', '');
}

/** What a line says by its flags. Throws a CliError for one that belongs to the start of the shell. */
export function flagsOfLine(verb: Command): ClientFlags {
  const given = verb.options.filter((option) => verb.getOptionValueSource(option.attributeName()) === 'cli');
  const wrong = given.find(isOfStart);
  if (wrong !== undefined) throw new CliError(`${wrong.long} is given once, when the shell starts`);
  const names = given.map((option) => option.attributeName());
  return Object.fromEntries(
    Object.entries(verb.opts()).filter(([name]) => names.includes(name)),
  ) as unknown as ClientFlags;
}

/** The verbs, and what the shell knows beside them. */
export function helpLines(verbs: readonly Command[], { colours, width: columns }: Output): string[] {
  const rows: [name: string, what: string][] = [
    ...verbs.map((verb): [string, string] => [verb.name(), verb.summary()]),
    ['watch … &', 'watch on behind the prompt; stop ends it'],
    ['help <verb>', 'its arguments and flags'],
    ['exit', 'end the shell, as Ctrl-D does'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, what]) =>
    wrap(what, columns() - width - 2).map(
      (part, at) => `${colours.bold((at === 0 ? name : '').padEnd(width))}  ${part}`,
    ),
  );
}
