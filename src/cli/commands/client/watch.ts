import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { oneLine } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { actConnected } from './connected.js';
import { printContents } from './print-content.js';
import type { ClientRun } from './run.js';
import { clientVerb } from './verb.js';
import type { ClientFlags } from './verb.js';

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** How often, and after how many ms at first, a stream that breaks at once is asked for again; one that lasted this long, ms, starts anew. */
const RELISTENS = 3;
const RELISTEN_AFTER_MS = 500;
const STEADY_MS = 10_000;

/** How long a server may take to be told that nobody watches any more, ms. */
const UNSUBSCRIBE_MS = 2_000;

export function watchCommand(): Command {
  const verb = clientVerb('watch', 'subscribe to resources, and print what the server sends until Ctrl-C', [
    ['mcp-calc client watch calculator://history --url http://localhost:1453/mcp', 'each change of a resource'],
    ['mcp-calc client watch --level debug --url http://localhost:1453/mcp', 'lists that change, and log messages'],
    ['mcp-calc client watch --read calculator://history --url …', 'the new content after each change'],
  ])
    .option('--level <level>', 'the least severe log messages to ask for')
    .option('--read', 'read a resource again when it has changed');
  return actConnected(verb, { most: 100, usage: '[uri…]' }, watch);
}

/** Subscribes, and prints until the signal is aborted or the server is gone. */
async function watch(run: ClientRun): Promise<void> {
  const { connection, changes, flags, operands, output, signal, say, extras, goesOn } = run;
  const { setLogLevel, readResource, subscribe, unsubscribe, listen } = await import('../../../client/calls.js');
  const { level, read } = flags as ClientFlags & { level?: string; read?: true };
  const wanted = LEVELS.find((one) => one === level);
  if (level !== undefined && wanted === undefined)
    throw new CliError(`--level: "${level}" is none of ${LEVELS.join(', ')}`);
  let printing: Promise<void> = Promise.resolve();
  const failed = new Promise<never>((_resolve, reject) => {
    changes.listen((method, params) => {
      // One after the other, so that what is read stands below its change.
      printing = printing.then(() => print(method, params)).catch(reject);
    });
  });
  if (connection.era === 'modern') return watchModern();
  if (flags.session !== undefined) await connection.hear();
  if (wanted !== undefined) await setLogLevel(connection, wanted, extras);
  for (const uri of operands) await subscribe(connection, uri, extras);
  say(
    output.noteColours.dim(`Watching ${operands.length === 0 ? 'the server' : operands.join(', ')}. Ctrl-C ends it.`),
  );
  await Promise.race([
    failed,
    connection.closed.then(() =>
      Promise.reject(new CliError('The server closed the connection', { exitCode: ExitCode.unreachable })),
    ),
    aborted(signal),
  ]);
  for (const uri of goesOn ? operands : [])
    await unsubscribe(connection, uri, { timeoutMs: UNSUBSCRIBE_MS }).catch(() => undefined);

  /** Listens, and listens again where the stream breaks or the server says that it ends it (2026-07-28, basic/patterns/subscriptions). */
  async function watchModern(): Promise<void> {
    if (wanted !== undefined) say('In the modern era a server logs for a request alone: --level is for the legacy one');
    for (let broken = 0; !signal.aborted; ) {
      const started = performance.now();
      const watching = await listen(connection, operands);
      const left = operands.filter((uri) => !watching.told.includes(uri));
      if (left.length > 0)
        say(`${output.noteColours.yellow('note')} The server does not tell of ${oneLine(left.join(', '))}`);
      if (watching.told.length === 0)
        throw new CliError('This server tells of no such changes', { exitCode: ExitCode.errorAnswer });
      say(output.noteColours.dim(`Watching ${oneLine(watching.told.join(', '))}. Ctrl-C ends it.`));
      await Promise.race([failed, watching.ended, aborted(signal)]);
      await watching.close();
      if (signal.aborted) return;
      broken = performance.now() - started > STEADY_MS ? 1 : broken + 1;
      if (broken > RELISTENS)
        throw new CliError('The server closed the connection', { exitCode: ExitCode.unreachable });
      await Promise.race([pause(RELISTEN_AFTER_MS * broken), aborted(signal)]);
    }
  }

  async function print(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    // Which subscription it belongs to says nothing here: there is one.
    const { _meta, ...about } = params;
    const uri = typeof params.uri === 'string' ? params.uri : undefined;
    if (flags.json) output.printJson({ method, params });
    else
      output.print(
        `${new Date().toISOString().slice(11, 19)} ${oneLine(method.replace(/^notifications\//, ''))} ${oneLine(uri ?? (Object.keys(about).length > 0 ? JSON.stringify(about) : ''))}`.trimEnd(),
      );
    if (!read || uri === undefined || !method.endsWith('resources/updated')) return;
    const result = await readResource(connection, uri, { signal });
    if (flags.json) output.printJson(result);
    else printContents(result.contents, output);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
