import type { Command } from 'commander';
import type { Callbacks } from '../../../client/callbacks.js';
import type { Connection } from '../../../client/connection.js';
import { describeTarget } from '../../../client/target.js';
import type { Target } from '../../../client/target.js';
import { integer } from '../../../config/kinds.js';
import type { Kind } from '../../../config/kinds.js';
import { duration } from '../../../config/quantities.js';
import { isLoopback } from '../../../net/loopback.js';
import { oneLine } from '../../../text/harmless.js';
import { CliError, QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { actConnected } from './connected.js';
import type { ClientRun } from './run.js';
import { ARGS_OPTION, argumentsFor, findTool } from './tool-arguments.js';
import type { ToolFlags } from './tool-arguments.js';
import { clientVerb } from './verb.js';

interface LoadFlags extends ToolFlags {
  rps?: string;
  connections?: string;
  duration?: string;
}

/** What may be asked for at most, and what is done where nothing is. */
const MOST_CONNECTIONS = 1_000;
const HIGHEST_RATE = 100_000;
const LONGEST_MS = 3_600_000;
const USUAL_CONNECTIONS = 10;
const USUAL_MS = 10_000;
/** Connections that are opened at the same time. */
const OPENING_AT_ONCE = 20;

export function loadCommand(): Command {
  const verb = clientVerb('load', 'call a tool over and over, and measure how long it takes', [
    ['mcp-calc client load calculate a=1 b=2 op=add --url http://localhost:1071/mcp', 'as fast as it answers'],
    ['mcp-calc client load calculate a=1 b=2 op=add --rps 200 --duration 30s --url …', 'at a rate of its own'],
    ['mcp-calc client load greet name=Ada --connections 4 -- node server.js', 'over stdio: 4 calls at once'],
    ['mcp-calc client load greet name=Ada --json --yes --url …', 'for scripts'],
  ])
    .option(
      '--rps <number>',
      'calls to begin in a second (default: each connection calls again once it has its answer)',
    )
    .option('--connections <number>', `connections, each with one call at a time (default: ${USUAL_CONNECTIONS})`)
    .option('--duration <time>', `how long, such as 30s or 5m (default: ${USUAL_MS / 1_000}s)`)
    .option(...ARGS_OPTION);
  return actConnected(verb, { least: 1, most: 500, usage: '<tool> [key=value…]' }, runLoad);
}

async function runLoad(run: ClientRun): Promise<void> {
  const { connection, extras, flags, output, operands, say, signal } = run;
  const { rps: rate, connections = String(USUAL_CONNECTIONS), duration: time, ...rest } = flags as LoadFlags;
  const [name = '', ...pairs] = operands;
  const rps = rate === undefined ? undefined : valueOf('--rps', rate, integer(1, HIGHEST_RATE));
  const callers = valueOf('--connections', connections, integer(1, MOST_CONNECTIONS));
  const durationMs = time === undefined ? USUAL_MS : valueOf('--duration', time, duration('s', 100, LONGEST_MS));
  await requireLeave(connection.target, run);
  const tool = await findTool(name, run);
  const args = await argumentsFor(tool, pairs, rest, run);
  if (tool.annotations?.readOnlyHint !== true)
    say(
      `${output.noteColours.yellow('note')} "${oneLine(tool.name)}" is not marked as read-only: every call may change something`,
    );
  const [{ load }, { renderLoad }] = await Promise.all([
    import('../../../client/load/run.js'),
    import('./load-report.js'),
  ]);
  const opened: Connection[] = [];
  try {
    // A stdio server is one process with one pipe.
    await openAll(connection.transport === 'stdio' ? 1 : callers, run, opened);
    const report = await load({
      connections: opened,
      callers,
      tool,
      args,
      rps,
      durationMs,
      signal,
      onTick: ({ ms, calls, failed }) =>
        extras.onProgress?.({
          progress: Math.min(ms, durationMs),
          total: durationMs,
          message: `${calls} calls${failed > 0 ? `, ${failed} failed` : ''}`,
        }),
    });
    const about = {
      target: describeTarget(connection.target),
      tool: tool.name,
      connections: opened.length,
      callers,
      rps,
    };
    if (flags.json) output.printJson({ ...about, ...report });
    else for (const line of renderLoad(about, report, output)) output.print(line);
    if (report.failed > 0) throw new QuietExit(ExitCode.errorAnswer);
  } finally {
    await Promise.all(opened.map((one) => one.close()));
  }
}

async function openAll(count: number, run: ClientRun, opened: Connection[]): Promise<void> {
  const callbacks = await unattended(run);
  while (opened.length < count) {
    const now = Math.min(OPENING_AT_ONCE, count - opened.length);
    const some = await Promise.allSettled(Array.from({ length: now }, () => run.open({ callbacks })));
    for (const one of some) if (one.status === 'fulfilled') opened.push(one.value);
    const failure = some.find((one) => one.status === 'rejected');
    if (failure !== undefined) throw failure.reason as Error;
  }
}

/** Nobody can be asked a thousand times: questions are answered by flags, or not at all. */
async function unattended({ flags, output, signal }: ClientRun): Promise<Callbacks> {
  const [{ answerElicitation }, { answerSampling }] = await Promise.all([
    import('./elicitation.js'),
    import('./sampling.js'),
  ]);
  const alone = { flags, asker: undefined, say: () => undefined, signal, colours: output.noteColours };
  return {
    elicit: (question) => answerElicitation(question, alone),
    sample: (request) => answerSampling(request, alone),
  };
}

/** A load on a server beyond this machine is somebody's consent: `--yes`, or a person's who is asked. */
async function requireLeave(target: Target, { flags, asker, say, signal }: ClientRun): Promise<void> {
  if (flags.yes || target.kind === 'stdio' || isLoopback(target.url.hostname)) return;
  const { host } = target.url;
  say(`${host} is not this machine: a load may harm a server, and whoever uses it.`);
  if (asker === undefined)
    throw new CliError(`Somebody has to agree to a load on ${host}`, {
      hint: 'Give --yes if the server is yours, or you were asked to.',
    });
  if (!/^y(es)?$/i.test((await asker.ask('May you put it under load? [y/N] ', signal)).trim()))
    throw new CliError('Left alone: no call was made');
}

function valueOf(flag: string, text: string, { parse, allowed }: Kind<number>): number {
  const value = parse(text);
  if (value === undefined) throw new CliError(`${flag}: "${oneLine(text)}" is wrong: it must be ${allowed}`);
  return value;
}
