import { Command } from 'commander';
import type { Check, CheckReport, DoctorContext, Level } from '../../doctor/index.js';
import { redactUrl } from '../../text/secrets.js';
import { CliError, QuietExit } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import { headerOf, timeoutOf } from '../flag-values.js';
import { withExamples } from '../help.js';
import { createOutput, startSpinner } from '../output.js';
import type { Output } from '../output.js';
import { ownBinary, thisMachine } from '../this-machine.js';
import { commandAfterDashes } from '../words.js';

interface DoctorFlags {
  url?: string;
  token?: string;
  header?: readonly string[];
  origin: string;
  redis?: string | true;
  only?: string;
  timeout?: string;
  json?: true;
}

/** The Inspector's page: the usual client in a browser. */
const USUAL_ORIGIN = 'http://localhost:6274';
const LONGEST_TIMEOUT_S = 600;

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'Examines this machine, and a server elsewhere, for what keeps MCP from working; names a fix for each finding. Changes nothing. Exit code 0 with warnings, 1 with failures.',
    )
    .argument(
      '[command...]',
      'after --: the command of a server to examine as well, by itself and behind mcp-calc http --',
    )
    .usage('[options] [-- command args…]')
    .option('--url <url>', 'a server to examine as well: DNS, TLS, handshake, browsers, authorization, streaming')
    .option('--token <token>', 'bearer token for that server')
    .option(
      '--header <name: value>',
      'header for that server; may be repeated',
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option('--origin <origin>', 'the page that is to use that server from a browser', USUAL_ORIGIN)
    .option('--redis [url]', 'the Redis to examine (default: as the variables say)')
    .option('--only <checks>', 'only these, between commas: ports,redis or remote for all of --url')
    .option('--timeout <seconds>', 'how long one check may take (default: 1 to 25, each its own)')
    .option('--json', 'print what was found as JSON')
    .action((_words: readonly string[], flags: DoctorFlags, self: Command) =>
      doctor(flags, commandAfterDashes(self), createOutput()),
    );
  return withExamples(command, [
    ['mcp-calc doctor', 'this machine'],
    ['mcp-calc doctor --url https://mcp.example.com/mcp', 'and a server elsewhere'],
    ['mcp-calc doctor -- npx -y some-server', 'and a server by its command'],
    ['mcp-calc doctor --only redis,ports', 'a few things'],
    ['mcp-calc doctor --json | jq .failures', 'for a script'],
  ]);
}

async function doctor(flags: DoctorFlags, served: readonly string[], output: Output): Promise<void> {
  const wishes = { ...wishesOf(flags), served };
  const timeoutMs = flags.timeout === undefined ? undefined : timeoutOf(flags.timeout, LONGEST_TIMEOUT_S);
  const { checks, examine } = await import('../../doctor/index.js');
  const chosen = choose(checks, flags.only, wishes.url !== undefined);
  const { signal, stopped } = untilSignalled();
  const self = { command: process.execPath, args: [ownBinary()] };
  const context = { ...thisMachine(), nodeVersion: process.versions.node, self, fetch, now: Date.now, ...wishes };
  const running = examine(chosen, context, { signal, timeoutMs });
  const reports = await Promise.race([
    flags.json ? Promise.all(running.map(({ report }) => report)) : show(running, output),
    stopped,
  ]);
  const counts = count(reports);
  if (flags.json) {
    output.printJson({ ok: counts.failure === 0, failures: counts.failure, warnings: counts.warning, checks: reports });
  } else {
    const { renderSummary } = await import('../doctor/render.js');
    output.print(`\n${renderSummary(counts, output.colours)}`);
  }
  if (counts.failure > 0) throw new QuietExit(ExitCode.failure);
}

/** What of the context comes from the command line. */
type Wishes = Pick<DoctorContext, 'redis' | 'url' | 'headers' | 'origin'>;

/** A signal to the process ends the servers that it has started, which would go on without it, and then the command. */
function untilSignalled(): { signal: AbortSignal; stopped: Promise<never> } {
  const controller = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (): void => {
      controller.abort();
      reject(new CliError('stopped before it was done'));
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
  });
  return { signal: controller.signal, stopped };
}

/** Prints each report as soon as those before it are there. */
async function show(
  running: readonly { check: Check; report: Promise<CheckReport> }[],
  output: Output,
): Promise<CheckReport[]> {
  const { renderReport } = await import('../doctor/render.js');
  const titleWidth = Math.max(...running.map(({ check }) => check.title.length));
  const reports: CheckReport[] = [];
  for (const { check, report } of running) {
    const spinner = await startSpinner(output, check.title);
    const done = await report.finally(() => spinner.stop());
    reports.push(done);
    for (const line of renderReport(done, { colours: output.colours, width: output.width(), titleWidth }))
      output.print(line);
  }
  return reports;
}

function count(reports: readonly CheckReport[]): Record<Level, number> {
  const counts = { ok: 0, info: 0, warning: 0, failure: 0 };
  for (const { level } of reports.flatMap(({ findings }) => findings)) counts[level] += 1;
  return counts;
}

function wishesOf({ url, token, header = [], origin, redis }: DoctorFlags): Wishes {
  if (url !== undefined && !(/^https?:\/\//i.test(url) && URL.canParse(url))) {
    throw new CliError(
      `--url: "${redactUrl(url)}" is wrong: it must be an absolute URL such as https://mcp.example.com/mcp`,
    );
  }
  if (url === undefined && (token !== undefined || header.length > 0))
    throw new CliError('--token and --header are for the server of --url: give it, too');
  if (!/^https?:\/\/[^/\s]+$/i.test(origin))
    throw new CliError(`--origin: "${redactUrl(origin)}" is wrong: it must be an origin such as ${USUAL_ORIGIN}`);
  const headers = Object.fromEntries(header.map(headerOf));
  return {
    url: url === undefined ? undefined : new URL(url),
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    origin,
    redis,
  };
}

/** The checks that are named, by their ids or by the first word of them. */
function choose(checks: readonly Check[], only: string | undefined, hasUrl: boolean): readonly Check[] {
  if (only === undefined) return checks;
  const names = only
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isNamed = ({ id }: Check, name: string): boolean => id === name || id.startsWith(`${name}-`);
  const unknown = names.filter((name) => !checks.some((check) => isNamed(check, name)));
  if (unknown.length > 0 || names.length === 0) {
    throw new CliError(`--only: there is no check "${unknown.join('", "')}"`, {
      hint: `There are: ${checks.map(({ id }) => id).join(', ')}`,
    });
  }
  const chosen = checks.filter((check) => names.some((name) => isNamed(check, name)));
  if (!hasUrl && chosen.every(({ id }) => id.startsWith('remote-')))
    throw new CliError('--only: these checks examine the server of --url: give it, too');
  return chosen;
}
