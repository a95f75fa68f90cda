import { Argument } from 'commander';
import type { Command } from 'commander';
import type { FlowOptions } from '../../../client/flow/run.js';
import type { HttpTarget } from '../../../client/target.js';
import { manyLines } from '../../../text/harmless.js';
import { CliError, QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { createOutput } from '../../output.js';
import type { Output } from '../../output.js';
import { onInterrupt } from './interrupt.js';
import { startOwnServer } from './own-server.js';
import { targetFrom, timeoutFrom } from './target.js';
import { asCliError, clientVerb, splitWords } from './verb.js';
import type { ClientFlags } from './verb.js';

const FLOWS = ['stateful', 'stateless', 'modern', 'tasks', 'sse', 'stdio'] as const;
type FlowName = (typeof FLOWS)[number];

/** The flows that are a list of requests. */
const FLOW_OF = {
  stateful: async () => (await import('../../../client/flow/stateful.js')).stateful,
  stateless: async () => (await import('../../../client/flow/stateless.js')).stateless,
  modern: async () => (await import('../../../client/flow/modern.js')).modern,
  tasks: async () => (await import('../../../client/flow/tasks.js')).tasks,
};

const DEFAULT_TIMEOUT_MS = 60_000;

export function flowCommand(): Command {
  const verb = clientVerb('flow', 'walk a documented flow step by step: the line for the shell, then the answer', [
    ['mcp-calc client flow stateful', 'with a server that is started for it'],
    ['mcp-calc client flow stateless --url http://localhost:1071/mcp', 'with a server at an address'],
    ['mcp-calc client flow modern', 'revision 2026-07-28: no handshake, no sessions'],
    ['mcp-calc client flow tasks', 'a call that becomes a task, until it is done'],
    ['mcp-calc client flow stdio', 'the messages on stdin and stdout'],
  ]);
  return verb
    .usage(`<${FLOWS.join('|')}> [options]`)
    .addArgument(new Argument('<flow>', 'which one').choices([...FLOWS]))
    .allowExcessArguments(true)
    .action((name: FlowName) => flow(name, verb).catch((error: unknown) => Promise.reject(asCliError(error))));
}

async function flow(name: FlowName, verb: Command): Promise<void> {
  const flags = verb.opts<ClientFlags>();
  const { operands, server } = splitWords(verb);
  if (operands.length > 1) throw new CliError(`"${operands[1]}" is one word too many`);
  const output = createOutput();
  const { signal, release } = onInterrupt();
  let number = 0;
  const options: FlowOptions = {
    signal,
    timeoutMs: timeoutFrom(flags) ?? DEFAULT_TIMEOUT_MS,
    onStep: (title, line, why) => {
      number += 1;
      output.print(`${number === 1 ? '' : '\n'}${output.colours.bold(`${number}. ${title}`)}`);
      output.print(output.colours.dim(`   ${why}`));
      for (const part of line.split('\n')) output.print(`${output.colours.green('$')} ${part}`);
    },
    onAnswer: (text) => output.print(manyLines(text).trimEnd()),
  };
  try {
    if (name === 'stdio') await stdio(flags, server, options, output.note);
    else await http(name, flags, server, options, output.note);
  } catch (error) {
    if (!signal.aborted) throw error;
    output.note('Cancelled.');
    throw new QuietExit(ExitCode.interrupted);
  } finally {
    release();
  }
}

async function stdio(
  flags: ClientFlags,
  server: readonly string[],
  options: FlowOptions,
  note: Output['note'],
): Promise<void> {
  const target = await targetFrom(flags, server, note);
  if (target.kind !== 'stdio') throw new CliError('The stdio flow needs a command after --, or nothing');
  const [{ walkStdio }, { shellQuote }] = await Promise.all([
    import('../../../client/flow/stdio.js'),
    import('../../../client/curl.js'),
  ]);
  await walkStdio(target, server.length > 0 ? server.map(shellQuote).join(' ') : 'npx mcp-calc stdio', options);
}

async function http(
  name: Exclude<FlowName, 'stdio'>,
  flags: ClientFlags,
  server: readonly string[],
  options: FlowOptions,
  note: Output['note'],
): Promise<void> {
  if (server.length > 0) throw new CliError(`The ${name} flow needs --url, or nothing`);
  if (flags.url !== undefined || flags.server !== undefined || flags.config !== undefined) {
    const target = await targetFrom(flags, [], note);
    if (target.kind !== 'http') throw new CliError(`The ${name} flow needs a server at an address`);
    return walk(name, target, options);
  }
  const args = {
    sse: ['sse'],
    modern: ['http'],
    tasks: ['http', '--task-after', '100ms'],
    stateful: ['http', '--stateful'],
    stateless: ['http', '--stateless'],
  };
  const own = await startOwnServer(args[name], options.signal);
  try {
    await walk(
      name,
      { kind: 'http', url: new URL(name === 'sse' ? '/sse' : '/mcp', own.origin), transport: 'auto', headers: {} },
      options,
    );
  } finally {
    await own.stop();
  }
}

async function walk(
  name: Exclude<FlowName, 'stdio'>,
  { url, headers }: HttpTarget,
  options: FlowOptions,
): Promise<void> {
  if (name === 'sse') return (await import('../../../client/flow/sse.js')).walkSse(url, { ...options, headers });
  const [{ walkFlow }, steps] = await Promise.all([import('../../../client/flow/run.js'), FLOW_OF[name]()]);
  await walkFlow(steps, url, { ...options, headers });
}
