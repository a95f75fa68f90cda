import type { Command, Option } from 'commander';

/** What a shell may propose for one flag. */
export interface FlagNode {
  /** `--port`, and the short form where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  /** Whether the value is a file. */
  readonly isFile: boolean;
  /** Whether the value is the name of a server, which the program itself has to be asked for. */
  readonly isServer: boolean;
}

/** What a shell may propose at one command. */
export interface CommandNode {
  /** With its parents: `mcp-calc client call`. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagNode[];
  /** The choices of its first argument. */
  readonly words: readonly string[];
  /** Whether its arguments are what a server offers. */
  readonly asksServer: boolean;
  readonly children: readonly CommandNode[];
}

/** Reads the tree of commands off commander's. */
export function treeOf(command: Command, parent = ''): CommandNode {
  const path = parent === '' ? command.name() : `${parent} ${command.name()}`;
  const shown = command.createHelp();
  const children = shown.visibleCommands(command).map((child) => treeOf(child, path));
  return {
    path,
    name: command.name(),
    description: plain(command.summary() || command.description()),
    flags: shown.visibleOptions(command).map(flagOf),
    words: command.registeredArguments[0]?.argChoices ?? [],
    asksServer: parent.endsWith(' client') && VERBS_THAT_NAME.has(command.name()),
    children: parent === '' ? children.map((child) => withTopics(child, children)) : children,
  };
}

/** Every command of the tree, parents first. */
export function flatten(node: CommandNode): CommandNode[] {
  return [node, ...node.children.flatMap(flatten)];
}

/** `mcp-calc help` takes the name of a command. */
function withTopics(child: CommandNode, all: readonly CommandNode[]): CommandNode {
  return child.name === 'help'
    ? { ...child, words: all.map(({ name }) => name).filter((name) => name !== 'help') }
    : child;
}

/** The verbs of the client whose operands a server knows. */
const VERBS_THAT_NAME = new Set(['call', 'load', 'read', 'watch', 'prompt', 'complete']);
/** The flag of the client whose value may be the name of a server in a file of a host. */
export const NAMES_ITS_SERVER = '--server';

const FILE_VALUE = /[<[](file|path|module|dir|folder)[\].>]/;

function flagOf(option: Option): FlagNode {
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: plain(option.description),
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
    isFile: FILE_VALUE.test(option.flags),
    isServer: option.long === NAMES_ITS_SERVER && !FILE_VALUE.test(option.flags),
  };
}

/** On one line, without the parentheses at its end that name variable and default. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/ \([A-Z][A-Z_]+(, default: .*)?\)$/, '');
}
