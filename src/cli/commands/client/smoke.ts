import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { SmokeReport, SmokeResult } from '../../../client/smoke/report.js';
import type { SmokeGroup, SmokeOptions } from '../../../client/smoke/run.js';
import { oneLine, quote } from '../../../text/harmless.js';
import { CliError, QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import type { Output } from '../../output.js';
import { inActions, withoutCommands } from '../../workflow-commands.js';
import { actConnected } from './connected.js';
import type { ClientRun } from './run.js';
import { COLOURS, MARKS, printReport } from './smoke/table.js';
import { publish } from './smoke/publish.js';
import { clientVerb } from './verb.js';
import type { ClientFlags } from './verb.js';

interface SmokeFlags extends ClientFlags {
  allTools?: true;
  strict?: true;
  only?: string;
  expect?: string;
  skip?: string[];
  baseline?: string;
  junit?: string;
}

/** Bytes of a file of expectations or of a baseline. */
const FILE_BYTES = 5_000_000;

export function smokeCommand(): Command {
  const verb = clientVerb('smoke', 'try everything that a server offers, and check it', [
    ['mcp-calc client smoke --url http://localhost:1453/mcp', 'exit code 5 when a check fails; warnings leave it 0'],
    ['mcp-calc client smoke --expect smoke.json --url …', 'calls with what they must answer, too'],
    ['mcp-calc client smoke --junit report.xml -- node server.js', 'a report for CI'],
    ['mcp-calc client smoke --strict --url …', 'warnings are failures, too'],
    ['mcp-calc client smoke --all-tools --url …', 'tools that are not marked as read-only, too'],
    ['mcp-calc client smoke --only tools,errors --url …', 'some groups alone'],
    ['mcp-calc client smoke --baseline known.txt --url …', 'failures that are known do not fail'],
  ])
    .option('--all-tools', 'call tools that are not marked as read-only, too')
    .option('--strict', 'let warnings be failures: what a server SHOULD do, and what clients can live without')
    .option(
      '--only <groups>',
      'handshake, tools, resources, prompts, expect, utilities, cursors, errors, modern, transport; separated by commas',
    )
    .option('--expect <file>', 'calls, resources and prompts with what they must answer (JSON: docs/ci.md)')
    .option('--skip <name>', 'leave out a check, or a tool; repeatable', (name: string, before: string[] = []) => [
      ...before,
      name,
    ])
    .option('--baseline <file>', 'names of checks that are known to fail, one a line; they fail once they pass')
    .option('--junit <file>', 'write a JUnit report, whatever happens');
  const defaults = { accept: '{}', samples: true, sample: 'sample' } as const;
  return actConnected(verb, { most: 0, usage: '' }, runSmoke, defaults, { before: planOf, failed: reportFailure });
}

/** Runs whose report is written. */
const published = new WeakSet<ClientFlags>();

async function runSmoke(run: ClientRun): Promise<void> {
  const { connection, flags, extras, signal } = run;
  const { print } = run.output;
  const output: Output = inActions()
    ? {
        ...run.output,
        print: (line = '') => print(withoutCommands(typeof line === 'string' ? line : [...line].join(''))),
      }
    : run.output;
  const { strict = false, allTools = false, junit, json } = flags as SmokeFlags;
  if (flags.curl)
    throw new CliError('smoke has no requests to print that would not need the answers before', {
      hint: 'With --curl-also it prints the line of every request that it sends.',
    });
  const { smoke } = await import('../../../client/smoke/run.js');
  const onResult = ({ outcome, name, detail = '' }: SmokeResult): void => {
    if (output.isNoteTerminal && (outcome === 'failed' || outcome === 'warned'))
      run.say(`${output.noteColours[COLOURS[outcome]](MARKS[outcome])} ${oneLine(name)}: ${oneLine(detail)}`);
  };
  const report = await smoke(connection, {
    ...(await planOf(flags)),
    strict,
    allTools,
    extras: { signal, onProgress: extras.onProgress },
    onResult,
    onUnmet: (names) => {
      for (const name of names) output.note(`Never met: there was no check, and no tool, called ${quote(name)}`);
    },
  });
  published.add(flags);
  await publish(report, junit);
  signal.throwIfAborted();
  if (json) output.printJson(report);
  else printReport(report, output);
  if (report.results.length === 0)
    output.note('Nothing was checked: the server offers nothing that these groups are about, or is of the other era.');
  if (report.failed > 0) throw new QuietExit(ExitCode.errorAnswer);
}

/** What the flags and the files that they name ask for. Throws where something is wrong with them. */
async function planOf(
  flags: ClientFlags,
): Promise<Pick<SmokeOptions, 'groups' | 'expectations' | 'skip' | 'baseline'>> {
  const { only, expect, skip, baseline } = flags as SmokeFlags;
  const [{ SMOKE_GROUPS }, { readExpectations }, { readBaseline }] = await Promise.all([
    import('../../../client/smoke/run.js'),
    import('../../../client/smoke/expect/read.js'),
    import('../../../client/smoke/baseline.js'),
  ]);
  return {
    groups: only === undefined ? SMOKE_GROUPS : groupsOf(only, SMOKE_GROUPS),
    expectations: expect === undefined ? undefined : readExpectations(read('--expect', expect), quote(expect)),
    skip,
    baseline: baseline === undefined ? undefined : readBaseline(read('--baseline', baseline)),
  };
}

function groupsOf(only: string, known: readonly SmokeGroup[]): SmokeGroup[] {
  const named = only.split(',').map((group) => group.trim());
  const wrong = named.find((group) => !known.some((one) => one === group));
  if (wrong !== undefined) throw new CliError(`--only: "${wrong}" is none of ${known.join(', ')}`);
  return known.filter((group) => named.includes(group));
}

function read(flag: string, file: string): string {
  try {
    if (statSync(file).size > FILE_BYTES) throw new RangeError(`it is larger than ${FILE_BYTES / 1_000_000} MB`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError(`${flag}: ${quote(file)} can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** A CI system that finds no report shows the one of the last run, or nothing. */
async function reportFailure(error: unknown, flags: ClientFlags): Promise<void> {
  if (published.has(flags)) return;
  const { url, server, junit } = flags as SmokeFlags;
  const hint = (error as { hint?: unknown }).hint;
  const reason =
    error instanceof QuietExit ? 'the run was cancelled' : error instanceof Error ? error.message : String(error);
  const report: SmokeReport = {
    server: quote(url ?? server ?? 'the server'),
    passed: 0,
    warned: 0,
    failed: 1,
    skipped: 0,
    results: [
      {
        group: 'run',
        name: 'all is tried',
        outcome: 'failed',
        detail: typeof hint === 'string' ? `${reason}. ${hint}` : reason,
        ms: 0,
      },
    ],
    notCalled: [],
  };
  // What kept the run from its end is the one to be told of.
  await publish(report, junit).catch(() => undefined);
}
