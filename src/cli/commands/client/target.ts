import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Target } from '../../../client/target.js';
import { CliError } from '../../errors.js';
import { findServer } from '../../../hosts/find-server.js';
import type { ClientFlags } from './options.js';

const LONGEST_TIMEOUT_S = 86_400;
/** The variable that stands for `--token`. */
const TOKEN_VARIABLE = 'MCP_TOKEN';

/** Which server the flags mean: an address, a name in a configuration file, a command, or one of our own. */
export function targetFrom(flags: ClientFlags, command: readonly string[]): Target {
  const named = [flags.url !== undefined && '--url', (flags.server ?? flags.config) !== undefined && '--server', command.length > 0 && 'a command after --'].filter((one) => one !== false);
  if (named.length > 1) throw new CliError(`Only one of ${named.join(' and ')} can be the server`);
  if (flags.url !== undefined) return httpTarget(flags.url, flags, {});
  if (flags.server !== undefined || flags.config !== undefined) {
    const found = findServer(flags.server, flags.config, process.env);
    return found.kind === 'http' ? httpTarget(found.url, flags, found.headers) : { kind: 'stdio', command: found.command, args: found.args, env: { ...inherited(), ...found.env }, ...(found.cwd !== undefined && { cwd: found.cwd }) };
  }
  const [program, ...args] = command;
  // As a shell would start it: with the whole environment.
  if (program !== undefined) return { kind: 'stdio', command: program, args, env: inherited() };
  return { kind: 'stdio', command: process.execPath, args: [ownBinary(), 'stdio'], env: inherited() };
}

/** The program that runs, whatever link it was started by. */
export function ownBinary(): string {
  return realpathSync(process.argv[1] ?? '');
}

/** Milliseconds that `--timeout` allows a request; undefined where it isn't given. */
export function timeoutFrom({ timeout }: ClientFlags): number | undefined {
  if (timeout === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(timeout) ? Number(timeout) : NaN;
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_S) return Math.ceil(seconds * 1_000);
  throw new CliError(`--timeout: "${timeout}" is wrong: it must be seconds, more than 0 and at most ${LONGEST_TIMEOUT_S}`);
}

/** The `file:` URIs of `--root`. */
export function rootsFrom({ root = [] }: ClientFlags): string[] {
  return root.map((folder) => pathToFileURL(folder).href);
}

function httpTarget(address: string, flags: ClientFlags, configured: Readonly<Record<string, string>>): Target {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`"${address}" is no address of a server`, { hint: 'Give a URL such as http://127.0.0.1:1453/mcp.' });
  }
  const token = flags.token ?? (flags.url === undefined ? undefined : process.env[TOKEN_VARIABLE] || undefined);
  const headers = { ...configured, ...Object.fromEntries((flags.header ?? []).map(headerOf)), ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return { kind: 'http', url, transport: flags.transport ?? 'auto', headers };
}

function headerOf(line: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*([^\r\n]*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new CliError(`--header: "${line}" is no header`, { hint: 'Write it as "Name: value".' });
  return [name.toLowerCase(), value.trim()];
}

function inherited(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
