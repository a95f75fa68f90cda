import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command, Option } from 'commander';
import { DEFAULT_HOST, DEFAULT_PORTS, httpOrigin } from '../../net/addresses.js';
import { isPublished } from '../../package-info.js';
import { redactUrl } from '../../text/secrets.js';
import { CliError } from '../errors.js';
import { withExamples } from '../help.js';
import { describeHost, SERVER_NAME, systemOf } from '../../hosts/define.js';
import type { Host, HostDescription, HostSystem, HostTransport, Offer, Program, Reach } from '../../hosts/define.js';
import { hosts } from '../../hosts/index.js';
import { tomlOf } from '../../hosts/toml-text.js';
import { createOutput } from '../output.js';
import type { Output } from '../output.js';
import { ownBinary } from '../this-machine.js';
import { splitWords } from './client/verb.js';

const TRANSPORTS: readonly HostTransport[] = ['stdio', 'http', 'sse'];
const SYSTEMS: readonly HostSystem[] = ['linux', 'macos', 'windows'];
/** What every host takes as a name. */
const NAME = /^[\w-]{1,64}$/;

/** Where the servers of this program listen unless told otherwise. */
const DEFAULT_URLS = {
  http: `${httpOrigin(DEFAULT_HOST, DEFAULT_PORTS.stateful)}/mcp`,
  sse: `${httpOrigin(DEFAULT_HOST, DEFAULT_PORTS.sse)}/sse`,
} as const;

/** What starts this program: the package, or this very copy of it. */
export const NPX: Program = { command: 'npx', args: ['-y', SERVER_NAME] };

interface ConfigFlags {
  transport?: HostTransport;
  url?: string;
  server?: string;
  name?: string;
  os?: HostSystem;
  local?: true;
  json?: true;
}

export function configCommand(): Command {
  const command = new Command('config')
    .description('Prints what to put into the configuration of a host, and where. Changes nothing.')
    .usage('<host> [options] [-- command…]')
    .addArgument(new Argument('<host>', 'the program that is to use the server').choices(hosts.map(({ name }) => name)))
    .allowExcessArguments(true)
    .addOption(
      new Option('--transport <transport>', 'how the host reaches it (default: stdio, or http with --url)').choices(
        TRANSPORTS,
      ),
    )
    .option('--url <url>', `address of a server that runs already (default: ${DEFAULT_URLS.http}, ${DEFAULT_URLS.sse})`)
    .option('--server <module>', 'a server of yours instead of the calculator')
    .option('--name <name>', `its name there (default: ${SERVER_NAME}, or that of the module)`)
    .addOption(new Option('--os <system>', 'the system that the host runs on (default: this one)').choices(SYSTEMS))
    .option(
      '--local',
      `start this very copy of mcp-calc${isPublished ? ', not the one that npx finds' : ' (so it is by itself until the package is published)'}`,
    )
    .option('--json', 'print everything as JSON')
    .action((name: string, flags: ConfigFlags) => config(name, flags, splitWords(command).server, createOutput()));
  return withExamples(command, [
    ['mcp-calc config claude-desktop', 'the snippet, and the file it belongs in'],
    ['mcp-calc config claude-code --transport http', 'for a server that runs already'],
    ['mcp-calc config vscode --url https://mcp.example.com/mcp', 'for a server elsewhere'],
    ['mcp-calc config zed --server ./mine.js', 'for a server of yours'],
    ['mcp-calc config codex --name files -- npx -y some-mcp-server', 'for one that a command starts'],
    ['mcp-calc config cursor --os windows --json', 'for another system, for a script'],
  ]);
}

async function config(name: string, flags: ConfigFlags, command: readonly string[], output: Output): Promise<void> {
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new CliError(`No host is called "${name}"`);
  const copy = { command: process.execPath, args: [ownBinary()] };
  const isCopy = flags.local === true || !isPublished;
  const server = flags.server === undefined ? undefined : await pathOf(flags.server);
  const offer = offerOf({ ...flags, server, command, self: isCopy ? copy : NPX });
  if (flags.local && offer.reach.transport !== 'stdio')
    throw new CliError('--local starts a server: it goes with --transport stdio only');
  const found = describeHost(host, { ...offer, system: flags.os ?? systemOf(process.platform) });
  if (flags.json) return output.printJson(found);
  await show(host, found, output);
  if (!isPublished && JSON.stringify(found.snippet).includes(JSON.stringify(copy.args[0])))
    output.note(output.noteColours.dim(`mcp-calc is not published yet: this starts the copy at ${copy.args[0]}.`));
}

/** A host starts it in a folder of its own. */
async function pathOf(module: string): Promise<string> {
  const { locateModule } = await import('../../server/load-module.js');
  return fileURLToPath(locateModule(module, process.cwd()));
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

export interface OfferFlags {
  transport?: HostTransport;
  url?: string;
  name?: string;
  /** The path of a module, absolute. */
  server?: string;
  /** What starts a server over stdio, the words after `--`. */
  command?: readonly string[];
  /** What starts this program. */
  self: Program;
}

/** The server that the flags mean, and how a host reaches it; throws a {@link CliError} where they contradict each other. */
export function offerOf(flags: OfferFlags): Omit<Offer, 'system'> {
  const { url, server, self, command = [] } = flags;
  if (command.length > 0 && flags.name === undefined)
    throw new CliError('A command after -- needs a name for the server: --name <name>');
  const name = flags.name ?? (server === undefined ? SERVER_NAME : nameOf(server));
  if (!NAME.test(name)) throw new CliError(`--name: "${name}" is wrong: it must be 1 to 64 letters, digits, _ or -`);
  const named = [
    url !== undefined && '--url',
    server !== undefined && '--server',
    command.length > 0 && 'a command after --',
  ];
  const given = named.filter((one) => one !== false);
  if (given.length > 1) throw new CliError(`Only one of ${given.join(' and ')} can be the server`);
  return { name, reach: reachOf(flags), self };
}

function nameOf(path: string): string {
  return basename(path, extname(path)).replace(/[^\w-]/g, '-');
}

function reachOf({ transport, url, server, command: [program, ...rest] = [], self }: OfferFlags): Reach {
  if (url !== undefined && transport === 'stdio') {
    throw new CliError('--url is the address of a server that runs already: it does not go with --transport stdio');
  }
  if (url !== undefined && !(/^https?:\/\//i.test(url) && URL.canParse(url))) {
    throw new CliError(`--url: "${redactUrl(url)}" is wrong: it must be an absolute URL such as ${DEFAULT_URLS.http}`);
  }
  const chosen = transport ?? (url === undefined ? 'stdio' : 'http');
  if (chosen !== 'stdio') {
    if (server === undefined && program === undefined) return { transport: chosen, url: url ?? DEFAULT_URLS[chosen] };
    throw new CliError(
      'The host starts this server: it goes with --transport stdio only. --url is for one that runs already',
    );
  }
  if (program !== undefined) return { transport: chosen, command: program, args: rest };
  const served = server === undefined ? [] : ['--server', server];
  return { transport: chosen, command: self.command, args: [...self.args, 'stdio', ...served] };
}
