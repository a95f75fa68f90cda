import { Command } from 'commander';
import { version } from '../package-info.js';
import { commandList } from './command-list.js';
import type { CommandEntry } from './command-list.js';
import { adopt, withExamples } from './help.js';

/** Runs the command that the arguments name (without node and script). Rejects with what the command threw. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  // What completes the flags of all commands has to know them; what a server offers stands behind those of the client alone.
  const isNeeded = (name: string): boolean => wanted === 'completion' && (second !== 'propose' || name === 'client');
  const program = await buildProgram(({ name }) => name === wanted || isNeeded(name));
  await program.parseAsync(args, { from: 'user' });
}

/** The program with those commands loaded that `isWanted`; the others are known by name and summary alone. */
export async function buildProgram(isWanted: (entry: CommandEntry) => boolean): Promise<Command> {
  const program = new Command('mcp-calc')
    .description('One calculator over every MCP transport, and the tools around it.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .enablePositionalOptions();
  withExamples(program, [
    ['mcp-calc stdio', 'serve Claude Desktop or an IDE'],
    ['mcp-calc http --stateless', 'serve http://127.0.0.1:1071/mcp, without sessions'],
    ['mcp-calc http --redis', 'serve sessions that every node knows'],
    ['mcp-calc client call calculate a=1 b=2 op=add', 'call a tool, of any server'],
    ['mcp-calc doctor', 'find what is wrong on this machine'],
    ['mcp-calc config claude-desktop', 'print what to paste, and where'],
  ]);
  program.addHelpCommand(
    new Command('help').argument('[command]').summary('show the help of a command').helpGroup('Set up:'),
  );
  for (const entry of commandList) {
    const command = isWanted(entry) ? await entry.load() : new Command(entry.name).usage(entry.usage);
    program.addCommand(command.summary(entry.summary).helpGroup(`${entry.group}:`));
  }
  return adopt(program, 'mcp-calc');
}
