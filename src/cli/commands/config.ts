import { realpathSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { CliError } from '../errors.js';
import { withExamples } from '../help.js';
import { DEFAULT_URLS, describeHost, targetOf } from '../../hosts/describe.js';
import type { HostDescription } from '../../hosts/describe.js';
import { hosts } from '../../hosts/index.js';
import type { Host, HostSystem, HostTransport } from '../../hosts/index.js';
import { createOutput } from '../output.js';
import type { Output } from '../output.js';

const TRANSPORTS: readonly HostTransport[] = ['stdio', 'http', 'sse'];
const SYSTEMS: readonly HostSystem[] = ['linux', 'macos', 'windows'];

interface ConfigFlags {
  transport?: HostTransport;
  url?: string;
  os?: HostSystem;
  local?: true;
  json?: true;
}

export function configCommand(): Command {
  const command = new Command('config')
    .description('Prints what to put into the configuration of a host, and where. Changes nothing.')
    .addArgument(new Argument('<host>', 'the program that is to use the calculator').choices(hosts.map(({ name }) => name)))
    .addOption(new Option('--transport <transport>', 'how the host reaches it (default: stdio, or http with --url)').choices(TRANSPORTS))
    .option('--url <url>', `address of a server that runs already (default: ${DEFAULT_URLS.http}, ${DEFAULT_URLS.sse})`)
    .addOption(new Option('--os <system>', 'the system that the host runs on (default: this one)').choices(SYSTEMS))
    .option('--local', 'start this very copy of mcp-calc, not the one that npx finds')
    .option('--json', 'print everything as JSON')
    .action((name: string, flags: ConfigFlags) => config(name, flags, createOutput()));
  return withExamples(command, [
    ['mcp-calc config claude-desktop', 'the snippet, and the file it belongs in'],
    ['mcp-calc config claude-code --transport http', 'for a server that runs already'],
    ['mcp-calc config vscode --url https://mcp.example.com/mcp', 'for a server elsewhere'],
    ['mcp-calc config cursor --os windows --json', 'for another system, for a script'],
  ]);
}

function config(name: string, flags: ConfigFlags, output: Output): void {
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new CliError(`No host is called "${name}"`);
  const { transport, url } = flags;
  const target = targetOf({ transport, url, ...(flags.local && { local: { command: process.execPath, args: [ownBinary(), 'stdio'] } }) });
  const found = describeHost(host, target, flags.os ?? thisSystem());
  if (flags.json) output.printJson(found);
  else show(host, found, output);
}

/** The snippet alone goes to stdout, so that it can be piped into a file. */
function show(host: Host, found: HostDescription, output: Output): void {
  const { noteColours: colours } = output;
  const [file, projectFile] = found.paths;
  output.note(`${colours.bold(host.title)}: put this into ${colours.cyan(file)}${projectFile === undefined ? '' : `, or into ${colours.cyan(projectFile)} of a project`}`);
  output.note('');
  output.print(JSON.stringify(found.snippet, undefined, 2));
  output.note('');
  if (found.install !== undefined) {
    output.note(found.install.kind === 'link' ? 'Or open this link:' : 'Or run:');
    output.note(`  ${colours.cyan(found.install.text)}`);
  }
  if (found.note !== undefined) output.note(colours.dim(found.note));
}

/** The script that this process was started with: npm starts it through a link. */
function ownBinary(): string {
  return realpathSync(process.argv[1] ?? '');
}

function thisSystem(): HostSystem {
  return process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'macos' : 'linux';
}
