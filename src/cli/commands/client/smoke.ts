import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { SmokeReport, SmokeResult } from '../../../client/smoke/report.js';
import type { SmokeGroup } from '../../../client/smoke/run.js';
import { oneLine } from '../../../text/harmless.js';
import { CliError, QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import type { Output } from '../../output.js';
import { renderTable } from '../../table.js';
import type { TableColumn } from '../../table.js';
import { actConnected } from './connected.js';
import type { ClientRun } from './run.js';
import { clientVerb } from './verb.js';
import type { ClientFlags } from './verb.js';

interface SmokeFlags extends ClientFlags {
  allTools?: true;
  strict?: true;
  only?: string;
  junit?: string;
}

export function smokeCommand(): Command {
  const verb = clientVerb('smoke', 'try everything that a server offers, and check it', [
    ['mcp-calc client smoke --url http://localhost:1453/mcp', 'exit code 5 when a check fails; warnings leave it 0'],
    ['mcp-calc client smoke --junit report.xml -- node server.js', 'a report for CI'],
    ['mcp-calc client smoke --strict --url …', 'warnings are failures, too'],
    ['mcp-calc client smoke --all-tools --url …', 'tools that are not marked as read-only, too'],
    ['mcp-calc client smoke --only tools,errors --url …', 'some groups alone'],
  ])
    .option('--all-tools', 'call tools that are not marked as read-only, too')
    .option('--strict', 'let warnings be failures: what a server SHOULD do, and what clients can live without')
    .option(
      '--only <groups>',
      'handshake, tools, resources, prompts, cursors, errors, modern, transport; separated by commas',
    )
    .option('--junit <file>', 'write a JUnit report');
  return actConnected(verb, { most: 0, usage: '' }, runSmoke, { accept: '{}', samples: true, sample: 'sample' });
}

async function runSmoke({ connection, flags, output, extras, signal, say }: ClientRun): Promise<void> {
  const { allTools = false, strict = false, only, junit, json } = flags as SmokeFlags;
  if (flags.curl)
    throw new CliError('smoke has no requests to print that would not need the answers before', {
      hint: 'With --curl-also it prints the line of every request that it sends.',
    });
  const { smoke, SMOKE_GROUPS } = await import('../../../client/smoke/run.js');
  const groups = only === undefined ? SMOKE_GROUPS : groupsOf(only, SMOKE_GROUPS);
  const onResult = ({ outcome, name, detail = '' }: SmokeResult): void => {
    if (output.isNoteTerminal && (outcome === 'failed' || outcome === 'warned'))
      say(`${output.noteColours[COLOURS[outcome]](MARKS[outcome])} ${oneLine(name)}: ${oneLine(detail)}`);
  };
  const report = await smoke(connection, {
    groups,
    allTools,
    strict,
    extras: { signal, onProgress: extras.onProgress },
    onResult,
  });
  if (junit !== undefined) await writeJunit(junit, report);
  if (json) output.printJson(report);
  else printReport(report, output);
  if (report.results.length === 0)
    output.note('Nothing was checked: the server offers nothing that these groups are about, or is of the other era.');
  if (report.failed > 0) throw new QuietExit(ExitCode.errorAnswer);
}

function groupsOf(only: string, known: readonly SmokeGroup[]): SmokeGroup[] {
  const named = only.split(',').map((group) => group.trim());
  const wrong = named.find((group) => !known.some((one) => one === group));
  if (wrong !== undefined) throw new CliError(`--only: "${wrong}" is none of ${known.join(', ')}`);
  return known.filter((group) => named.includes(group));
}

async function writeJunit(file: string, report: SmokeReport): Promise<void> {
  const { renderJunit } = await import('../../../client/smoke/junit.js');
  try {
    writeFileSync(file, renderJunit(report));
  } catch (cause) {
    throw new CliError(`--junit: ${file} can't be written: ${(cause as Error).message}`, { cause });
  }
}

const MARKS = { passed: '✓', warned: '!', failed: '✗', skipped: '-' } as const;
const COLOURS = { passed: 'green', warned: 'yellow', failed: 'red', skipped: 'dim' } as const;

/** Columns of a terminal that has no room for more than the names: what was found of those that matter stands above the table. */
const NARROW = 60;

function printReport({ results, passed, warned, failed, skipped }: SmokeReport, output: Output): void {
  const { colours } = output;
  const width = output.width();
  const mark: TableColumn<SmokeResult> = {
    title: ' ',
    value: ({ outcome }) => MARKS[outcome],
    style: (text, { outcome }) => colours[COLOURS[outcome]](text),
    fixed: true,
  };
  const check: TableColumn<SmokeResult> = { title: 'CHECK', value: ({ name }) => name };
  const all: TableColumn<SmokeResult>[] = [
    mark,
    { title: 'GROUP', value: ({ group }) => group, fixed: true },
    check,
    { title: 'MS', value: ({ ms }) => String(ms), fixed: true },
    { title: 'FOUND', value: ({ detail = '' }) => oneLine(detail).slice(0, 200) },
  ];
  const lines = renderTable(results, {
    columns: width < NARROW ? [mark, check] : all,
    width,
    style: (title) => colours.bold(title),
  });
  for (const line of lines) output.print(line);
  output.print(`\n${passed} passed, ${warned} warned, ${failed} failed, ${skipped} skipped`);
}
