import { Command } from 'commander';
import { CliError, QuietExit } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import { timeoutOf } from '../flag-values.js';
import { HealthUnreachableError, healthUrl, probeFor } from '../health.js';
import type { HealthReport } from '../health.js';
import { withExamples } from '../help.js';
import { createOutput } from '../output.js';
import type { Output } from '../output.js';
import { DEFAULT_PORTS } from '../../net/addresses.js';
import { oneLine } from '../../text/harmless.js';
import { redactUrl } from '../../text/secrets.js';

const LONGEST_TIMEOUT_S = 600;

interface HealthFlags {
  json?: true;
  timeout: string;
  wait?: string;
}

export function healthCommand(): Command {
  const command = new Command('health')
    .description('Asks a server whether it is well. Exit code 0: healthy, 4: nobody answers, 5: unhealthy.')
    .argument(
      '[url]',
      `a base URL, an MCP endpoint, a probe such as /readyz, or a port (default: the variable PORT, or ${DEFAULT_PORTS.stateful})`,
    )
    .option('--json', 'print what was found as JSON')
    .option('--timeout <seconds>', 'how long to wait for an answer', '5')
    .option('--wait <time>', 'ask again for so long, such as 30s, until the server is healthy')
    .action((target: string | undefined, flags: HealthFlags) => health(target, flags, createOutput()));
  return withExamples(command, [
    ['mcp-calc health', 'http://127.0.0.1:1453/health'],
    ['mcp-calc health 1071', 'the server on that port'],
    ['mcp-calc health https://mcp.example.com/mcp', 'a server elsewhere'],
    ['mcp-calc health --wait 30s', 'a server that starts, in a script'],
    ['mcp-calc health --json | jq .body.storageMode', 'one field of the answer'],
  ]);
}

async function health(target: string | undefined, flags: HealthFlags, output: Output): Promise<void> {
  const url = urlOf(target);
  const timeoutMs = timeoutOf(flags.timeout, LONGEST_TIMEOUT_S);
  const waitMs = flags.wait === undefined ? 0 : timeoutOf(flags.wait, LONGEST_TIMEOUT_S, '--wait');
  const report = await probeFor(url, timeoutMs, waitMs).catch((error: unknown) => {
    if (!(error instanceof HealthUnreachableError)) throw error;
    if (flags.json) output.printJson({ url: redactUrl(url.href), healthy: false, reason: error.message });
    throw new CliError(error.message, {
      exitCode: ExitCode.unreachable,
      hint: 'Start a server with: mcp-calc http',
      cause: error,
    });
  });
  if (flags.json) output.printJson(report);
  else output.print(summary(report, output));
  if (!report.healthy) throw new QuietExit(ExitCode.errorAnswer);
}

function urlOf(target: string | undefined): URL {
  const port = process.env.PORT?.trim() || String(DEFAULT_PORTS.stateful);
  if (target === undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new CliError(`PORT: ${JSON.stringify(port)} is wrong: it must be a whole number from 0 to 65535`);
  }
  const url = healthUrl(target ?? port);
  if (url !== undefined) return url;
  throw new CliError(`"${redactUrl(String(target))}" is not the address of a server`, {
    hint: 'Give a URL such as http://127.0.0.1:1453, or a port.',
  });
}

function summary({ url, healthy, body = {}, responseTimeMs, reason }: HealthReport, { colours }: Output): string {
  const facts = [
    word('', body.pattern),
    word('', body.storageMode),
    word('redis ', body.redis),
    word('v', body.version),
    uptime(body.uptime),
    `${responseTimeMs} ms`,
  ];
  const details = colours.dim(facts.filter((fact) => fact !== undefined).join(' · '));
  const verdict = healthy ? colours.green('✓ healthy') : colours.red('✗ unhealthy');
  return `${verdict}  ${url}${reason === undefined ? '' : `: ${reason}`}\n  ${details}`;
}

const LONGEST_WORD = 60;

/** A field of somebody else's answer, fit for a terminal. */
function word(label: string, value: unknown): string | undefined {
  return typeof value === 'string' ? `${label}${oneLine(value, LONGEST_WORD)}` : undefined;
}

/** Seconds, in the two largest units. */
function uptime(seconds: unknown): string | undefined {
  if (typeof seconds !== 'number') return undefined;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  const shown = first === -1 ? ['0s'] : parts.slice(first, first + 2).map(([amount, unit]) => `${amount}${unit}`);
  return `up ${shown.join(' ')}`;
}
