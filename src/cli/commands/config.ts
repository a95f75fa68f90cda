import { Argument, Command, Option } from 'commander';
import { DEFAULT_HOST, DEFAULT_PORTS, httpOrigin } from '../../net/addresses.js';
import { redactUrl } from '../../text/secrets.js';
import { CliError } from '../errors.js';
import { withExamples } from '../help.js';
import { describeHost, systemOf } from '../../hosts/define.js';
import type { Host, HostDescription, HostSystem, HostTransport, Reach } from '../../hosts/define.js';
import { hosts } from '../../hosts/index.js';
import { tomlOf } from '../../hosts/toml-text.js';
import { createOutput } from '../output.js';
import type { Output } from '../output.js';
import { ownBinary } from '../this-machine.js';

const TRANSPORTS: readonly HostTransport[] = ['stdio', 'http', 'sse'];
const SYSTEMS: readonly HostSystem[] = ['linux', 'macos', 'windows'];

/** Where the servers of this program listen unless told otherwise. */
const DEFAULT_URLS = {
  http: `${httpOrigin(DEFAULT_HOST, DEFAULT_PORTS.stateful)}/mcp`,
  sse: `${httpOrigin(DEFAULT_HOST, DEFAULT_PORTS.sse)}/sse`,
} as const;

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
    .addArgument(
      new Argument('<host>', 'the program that is to use the calculator').choices(hosts.map(({ name }) => name)),
    )
    .addOption(
      new Option('--transport <transport>', 'how the host reaches it (default: stdio, or http with --url)').choices(
        TRANSPORTS,
      ),
    )
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

async function config(name: string, flags: ConfigFlags, output: Output): Promise<void> {
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new CliError(`No host is called "${name}"`);
  const { transport, url } = flags;
  const local = flags.local && { command: process.execPath, args: [ownBinary(), 'stdio'] };
  const found = describeHost(host, reachOf({ transport, url, local }), flags.os ?? systemOf(process.platform));
  if (flags.json) output.printJson(found);
  else await show(host, found, output);
}

/** The snippet alone goes to stdout, so that it can be piped into a file. */
async function show(host: Host, found: HostDescription, output: Output): Promise<void> {
  const { noteColours: colours } = output;
  const [file, projectFile] = found.paths;
  output.note(
    `${colours.bold(host.title)}: put this into ${colours.cyan(file)}${projectFile === undefined ? '' : `, or into ${colours.cyan(projectFile)} of a project`}`,
  );
  output.note('');
  output.print(host.format === 'toml' ? await tomlOf(found.snippet) : JSON.stringify(found.snippet, undefined, 2));
  output.note('');
  if (found.install !== undefined) {
    output.note(found.install.kind === 'link' ? 'Or open this link:' : 'Or run:');
    output.note(`  ${colours.cyan(found.install.text)}`);
  }
  if (found.note !== undefined) output.note(colours.dim(found.note));
}

export interface ReachFlags {
  transport?: HostTransport;
  url?: string;
  /** The command line of this very copy, where it is to be started. */
  local?: { command: string; args: readonly string[] };
}

/** How the flags let a host reach the server; throws a {@link CliError} where they contradict each other. */
export function reachOf({ transport, url, local }: ReachFlags): Reach {
  if (url !== undefined && transport === 'stdio') {
    throw new CliError('--url is the address of a server that runs already: it does not go with --transport stdio');
  }
  if (url !== undefined && !(/^https?:\/\//i.test(url) && URL.canParse(url))) {
    throw new CliError(`--url: "${redactUrl(url)}" is wrong: it must be an absolute URL such as ${DEFAULT_URLS.http}`);
  }
  const chosen = transport ?? (url === undefined ? 'stdio' : 'http');
  if (chosen === 'stdio')
    return { transport: chosen, ...(local ?? { command: 'npx', args: ['-y', 'mcp-calc', 'stdio'] }) };
  if (local !== undefined) throw new CliError('--local starts a server: it goes with --transport stdio only');
  return { transport: chosen, url: url ?? DEFAULT_URLS[chosen] };
}
