import type { Command } from 'commander';
import type { HttpTarget } from '../../../client/target.js';
import { CliError } from '../../errors.js';
import { createOutput } from '../../output.js';
import { onInterrupt } from './interrupt.js';
import { REQUEST_TIMEOUT_WITH_SIGN_IN_MS, credentialsFile } from './sign-in.js';
import { connectTimeoutFrom } from './target.js';
import { asCliError, clientVerb } from './verb.js';
import type { ClientFlags } from './verb.js';

export function loginCommand(): Command {
  const verb = clientVerb('login', 'sign in at a server, and keep its tokens', [
    ['mcp-calc client login --url https://mcp.example.com/mcp', 'opens the browser'],
    ['mcp-calc client login --url https://mcp.example.com/mcp --no-browser', 'prints the address to open'],
  ]);
  return verb
    .usage('--url <url> [options]')
    .action(() => login(verb).catch((error: unknown) => Promise.reject(asCliError(error))));
}

export function logoutCommand(): Command {
  const verb = clientVerb('logout', 'forget the tokens of a server', [
    ['mcp-calc client logout --url https://mcp.example.com/mcp', ''],
  ]);
  return verb.usage('--url <url> [options]').action(() => logout(verb));
}

async function login(verb: Command): Promise<void> {
  const flags = verb.opts<ClientFlags>();
  const target = await httpTarget(flags);
  const output = createOutput();
  const { signal } = onInterrupt();
  const [{ connect }, { ping }, { authorizeFrom }] = await Promise.all([
    import('../../../client/connect.js'),
    import('../../../client/calls.js'),
    import('./sign-in.js'),
  ]);
  const authorize = await authorizeFrom(flags, target, { say: (line) => output.note(line), signal, always: true });
  const before = await tokenOf(target.url.href);
  // The sign-in happens when the server asks for it: connecting and a ping are asking.
  const connection = await connect(target, {
    signal,
    era: flags.era,
    connectTimeoutMs: connectTimeoutFrom(flags),
    handshakeTimeoutMs: REQUEST_TIMEOUT_WITH_SIGN_IN_MS,
    authorize,
  });
  await ping(connection, { signal, timeoutMs: REQUEST_TIMEOUT_WITH_SIGN_IN_MS }).finally(() => connection.close());
  const after = await tokenOf(target.url.href);
  output.note(
    after !== undefined && after !== before
      ? `Signed in at ${target.url.href}`
      : `${target.url.href} lets you in without signing in, or knows your token already`,
  );
}

async function tokenOf(server: string): Promise<string | undefined> {
  const { fileCredentials } = await import('../../../client/oauth/credentials.js');
  return (await fileCredentials(credentialsFile()).load(server)).tokens?.access_token;
}

async function logout(verb: Command): Promise<void> {
  const { url } = await httpTarget(verb.opts<ClientFlags>());
  const { fileCredentials } = await import('../../../client/oauth/credentials.js');
  const known = await fileCredentials(credentialsFile()).forget(url.href);
  createOutput().note(known ? `Forgot the tokens of ${url.href}` : `There are no tokens of ${url.href}`);
}

async function httpTarget(flags: ClientFlags): Promise<HttpTarget> {
  const { targetFrom } = await import('./target.js');
  const target =
    flags.url === undefined && flags.server === undefined
      ? undefined
      : await targetFrom(flags, [], createOutput().note);
  if (target?.kind !== 'http') throw new CliError('Say where to sign in with --url');
  return target;
}
