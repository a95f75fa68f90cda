import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Target } from '../../../client/target.js';
import { ServerLookupError, findServer, findServerIn } from '../../../hosts/find-server.js';
import { oneLine, quote } from '../../../text/harmless.js';
import { isLoopback } from '../../../net/loopback.js';
import { redactUrl } from '../../../text/secrets.js';
import { CliError } from '../../errors.js';
import { headerOf, timeoutOf } from '../../flag-values.js';
import { requireConsent } from './consent.js';
import { ownBinary, thisMachine } from '../../this-machine.js';
import type { ClientFlags } from './verb.js';

const LONGEST_TIMEOUT_S = 86_400;
/** The variable that stands for `--token`. */
const TOKEN_VARIABLE = 'MCP_TOKEN';
/** The origin of the server beyond this machine that may have the token in that variable. */
const TOKEN_ORIGIN_VARIABLE = 'MCP_TOKEN_ORIGIN';

/**
 * Which server the flags mean: an address, a name in a configuration file, a command, or one of our own. `note` gets a
 * line for each file that could not be read.
 */
export async function targetFrom(
  flags: ClientFlags,
  command: readonly string[],
  note: (line: string) => void,
): Promise<Target> {
  const named = [
    flags.url !== undefined && '--url',
    (flags.server ?? flags.config) !== undefined && '--server',
    command.length > 0 && 'a command after --',
  ].filter((one) => one !== false);
  if (named.length > 1) throw new CliError(`Only one of ${named.join(' and ')} can be the server`);
  if (flags.url !== undefined) return httpTarget(flags.url, flags, {}, note);
  const { server: name, config } = flags;
  if (config === undefined && name !== undefined && isModule(name))
    return {
      kind: 'stdio',
      command: process.execPath,
      args: [ownBinary(), 'stdio', '--server', name],
      env: inherited(),
    };
  const found =
    config !== undefined
      ? await findServerIn(config, name, thisMachine())
      : name !== undefined
        ? await findServer(name, thisMachine()).catch((error: unknown) => Promise.reject(withBothReadings(error, name)))
        : undefined;
  if (found !== undefined) {
    for (const line of found.notes) note(`Left out: ${oneLine(line)}`);
    const { server } = found;
    if (name !== undefined) await requireConsent(name, found, flags.yes === true, note);
    return server.kind === 'http'
      ? httpTarget(server.url, flags, server.headers, note)
      : { ...server, env: { ...inherited(), ...server.env } };
  }
  const [program, ...args] = command;
  // As a shell would start it: with the whole environment.
  if (program !== undefined) return { kind: 'stdio', command: program, args, env: inherited() };
  return { kind: 'stdio', command: process.execPath, args: [ownBinary(), 'stdio'], env: inherited() };
}

/** A value with a slash or a dot may be a file, which is served as `http --server` would; a name in a configuration file may have them, too. */
function isModule(name: string): boolean {
  return /[/\\.]/.test(name) && statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

function withBothReadings(error: unknown, name: string): unknown {
  if (!(error instanceof ServerLookupError)) return error;
  const reading = /[/\\.]/.test(name)
    ? `There is no file ${quote(name)} either, which would be served as a module of yours.`
    : `A module of yours is given as a path: --server ./${quote(name)}.js`;
  return new ServerLookupError(error.message, { hint: `${error.hint ?? ''} ${reading}`.trim(), cause: error });
}

/** Milliseconds that `--timeout` allows a request; undefined where it isn't given. */
export function timeoutFrom({ timeout }: ClientFlags): number | undefined {
  return timeout === undefined ? undefined : timeoutOf(timeout, LONGEST_TIMEOUT_S);
}

/** Milliseconds for which `--connect-timeout` lets a server start; undefined where it isn't given. */
export function connectTimeoutFrom({ connectTimeout }: ClientFlags): number | undefined {
  return connectTimeout === undefined ? undefined : timeoutOf(connectTimeout, LONGEST_TIMEOUT_S, '--connect-timeout');
}

/** The `file:` URIs of `--root`. */
export function rootsFrom({ root = [] }: ClientFlags): string[] {
  return root.map((folder) => pathToFileURL(folder).href);
}

function httpTarget(
  address: string,
  flags: ClientFlags,
  configured: Readonly<Record<string, string>>,
  note: (line: string) => void,
): Target {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`"${redactUrl(address)}" is not the address of a server`, {
      hint: 'Give a URL such as http://127.0.0.1:1453/mcp.',
    });
  }
  const token = flags.token ?? (flags.url === undefined ? undefined : tokenFromVariable(url, flags, note));
  const headers = {
    ...configured,
    ...Object.fromEntries((flags.header ?? []).map(headerOf)),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return { kind: 'http', url, transport: flags.transport ?? 'auto', headers };
}

/**
 * The token in `MCP_TOKEN`, for a server on this machine or at the origin in `MCP_TOKEN_ORIGIN`; or in the variable that `--token-env`
 * names, for any. A variable that is set for one server must not reach the next one, nor whoever listens on the way.
 */
function tokenFromVariable(url: URL, { tokenEnv }: ClientFlags, note: (line: string) => void): string | undefined {
  const name = tokenEnv ?? TOKEN_VARIABLE;
  const token = process.env[name] || undefined;
  if (tokenEnv !== undefined && token === undefined)
    throw new CliError(`--token-env: there is no variable ${quote(name)}`);
  if (token === undefined || isLoopback(url.hostname)) return token;
  const plain = url.protocol !== 'https:';
  if (plain && tokenEnv !== undefined)
    throw new CliError(`The token of ${quote(name)} is not sent over plain http: everybody on the way could read it`, {
      hint: 'Use the https address of the server.',
    });
  if (!plain && (tokenEnv !== undefined || originOf(process.env[TOKEN_ORIGIN_VARIABLE]) === url.origin)) return token;
  note(
    `${TOKEN_VARIABLE} is not sent to ${quote(url.origin)}: ${plain ? 'plain http can be read on the way' : `give --token-env ${TOKEN_VARIABLE}, or set ${TOKEN_ORIGIN_VARIABLE} to it`}.`,
  );
  return undefined;
}

function originOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
