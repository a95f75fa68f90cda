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
async function watch({ connection, changes, flags, operands, output, signal, say, extras }: ClientRun): Promise<void> {
  const { setLogLevel, readResource, subscribe } = await import('../../../client/calls.js');
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

  async function print(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    const uri = typeof params.uri === 'string' ? params.uri : undefined;
    if (flags.json) output.printJson({ method, params });
    else
      output.print(
        `${new Date().toISOString().slice(11, 19)} ${oneLine(method.replace(/^notifications\//, ''))} ${oneLine(uri ?? (Object.keys(params).length > 0 ? JSON.stringify(params) : ''))}`.trimEnd(),
      );
    if (!read || uri === undefined || !method.endsWith('resources/updated')) return;
    const result = await readResource(connection, uri, { signal });
    if (flags.json) output.printJson(result);
    else printContents(result.contents, output);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
