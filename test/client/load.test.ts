import { Chalk } from 'chalk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderLoad } from '../../src/cli/commands/client/load-report.js';
import type { LoadReport } from '../../src/client/load/run.js';
import { Tally } from '../../src/client/load/tally.js';
import { eventually } from '../helpers/eventually.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import { listen, sendResult, shakesHands, stdioServer } from './hostile.js';
import type { SmallServer } from './hostile.js';

/** Answers at once, but for the 20th call, which blocks all for 400 ms. */
const STALLING = stdioServer(`
  globalThis.calls = (globalThis.calls ?? 0) + 1;
  if (globalThis.calls === 20) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  send({ id, result: { content: [{ type: 'text', text: 'done' }] } });`);

async function measure(args: readonly string[], server: readonly string[]): Promise<LoadReport & { code: number }> {
  const { stdout, code } = await runCli(['client', 'load', 't', '--json', ...args, ...server]);
  return { ...(JSON.parse(stdout) as LoadReport), code: code ?? -1 };
}

describe.concurrent('a latency is counted', () => {
  it('from when a call should have begun, where there is a rate: one stall is felt by all that came meanwhile', async () => {
    const { model, calls, latencyMs, notBegun, code } = await measure(
      ['--rps', '100', '--connections', '1', '--duration', '1s'],
      ['--', ...STALLING],
    );
    expect({ model, all: calls + notBegun, code }).toEqual({ model: 'open', all: 100, code: 0 });
    expect(latencyMs?.max).toBeGreaterThan(390);
    // About forty calls were to begin in the stall: as many waited for 100 ms and longer.
    expect(latencyMs?.p90).toBeGreaterThan(150);
  });

  it('from when it began, where each call waits for the one before it', async () => {
    const { model, calls, latencyMs, code } = await measure(
      ['--connections', '1', '--duration', '1s'],
      ['--', ...STALLING],
    );
    expect({ model, code }).toEqual({ model: 'closed', code: 0 });
    expect(calls).toBeGreaterThan(25);
    expect(latencyMs?.max).toBeGreaterThan(390);
    expect(latencyMs?.p90).toBeLessThan(150);
  });
});

describe('calls that fail', () => {
  let server: SmallServer;
  let calls = 0;
  beforeAll(async () => {
    server = await listen(
      shakesHands(({ id, method }, response) => {
        if (method === 'tools/list') return sendResult(response, id, { tools: [] });
        const json = { 'content-type': 'application/json' };
        const error = { code: -32602, message: 'not \u001b[2Jso' };
        switch (calls++ % 5) {
          case 0:
            return void response.writeHead(503).end('busy');
          case 1:
            return void response.writeHead(200, json).end(JSON.stringify({ jsonrpc: '2.0', id, error }));
          case 2:
            return sendResult(response, id, { content: [{ type: 'text', text: 'not today' }], isError: true });
          case 3:
            return; // never
          default:
            return sendResult(response, id, { content: [] });
        }
      }),
    );
  });
  afterAll(() => server.close());

  const there = (): string[] => [
    '--era',
    'legacy',
    '--url',
    `${server.origin}/mcp`,
    '--timeout',
    '3',
    '--connections',
    '6',
  ];

  it('are counted by their kind, and end with 5', async () => {
    const { failures, failed, calls: all, code } = await measure(['--rps', '25', '--duration', '1s'], there());
    expect(code).toBe(5);
    expect({ all, failed }).toEqual({ all: 25, failed: 20 });
    expect(failures.map(({ kind, count }) => `${count} ${kind}`).sort()).toEqual([
      '5 HTTP 503',
      '5 JSON-RPC error -32602',
      '5 isError',
      '5 time-out',
    ]);
  });

  it('are told without control characters', async () => {
    const { stdout, stderr, code } = await runCli(['client', 'load', 't', '--duration', '0.5s', ...there()]);
    expect(stdout).toMatch(/\d+ {2}JSON-RPC error -32602: .*not so/);
    expect(stdout).toMatch(/\d+ {2}isError: not today\n/);
    expect(stdout).toMatch(/Latency of those that succeeded\np50 +[\d.]+ ms\np90 /);
    expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]/u);
    expect(code).toBe(5);
  });

  it('Ctrl-C ends it at once, with what was measured so far', async () => {
    const child = startCli(['client', 'load', 't', '--rps', '100', '--duration', '1h', ...there()]);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    const before = calls;
    await eventually(() => expect(calls).toBeGreaterThan(before + 8), 12_000);
    const interrupted = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(5);
    expect(performance.now() - interrupted).toBeLessThan(3_000);
    expect(stdout).toMatch(/^Calls +\d+ in \d/m);
    expect(stdout).toMatch(/Ended before its time/);
  });
});

describe('a load on another machine', () => {
  let server: SmallServer;
  let calls = 0;
  beforeAll(async () => {
    server = await listen(
      shakesHands(({ id, method }, response) => {
        if (method === 'tools/call') calls += 1;
        sendResult(response, id, method === 'tools/list' ? { tools: [] } : { content: [] });
      }),
    );
  });
  afterAll(() => server.close());

  it('needs somebody to agree', async () => {
    // An address that leads here, but says nothing of it.
    const url = `${server.origin.replace('127.0.0.1', '0.0.0.0')}/mcp`;
    const load = ['client', 'load', 't', '--duration', '0.2s', '--era', 'legacy', '--url', url];
    const refused = await runCli(load);
    expect(refused.stderr).toMatch(
      /is not this machine[\s\S]*Somebody has to agree to a load on 0\.0\.0\.0[\s\S]*--yes/,
    );
    expect({ code: refused.code, calls }).toEqual({ code: 1, calls: 0 });
    expect((await runCli([...load, '--yes'])).code).toBe(0);
    expect(calls).toBeGreaterThan(0);
  });
});

it.each([
  ['--rps', '0', 'a whole number from 1 to 100000'],
  ['--connections', '1001', 'a whole number from 1 to 1000'],
  ['--duration', '2h', 'seconds, or a time such as .* to 1h'],
])('%s %s is refused with its bounds', async (flag, value, bounds) => {
  const { stderr, code } = await runCli(['client', 'load', 't', flag, value, '--', ...STALLING]);
  expect(stderr).toMatch(new RegExp(`${flag}: "${value}" is wrong: it must be ${bounds}`));
  expect(code).toBe(1);
});

it('a load ends when the server does', async () => {
  const dying = stdioServer('if (method === "tools/call") process.exit(1); send({ id, result: { tools: [] } });');
  const { endedBy, failed, seconds } = await measure(['--duration', '30s'], ['--', ...dying]);
  expect(endedBy).toBe('server');
  expect(failed).toBeLessThanOrEqual(10);
  expect(seconds).toBeLessThan(10);
});

describe('the report', () => {
  const tally = new Tally();
  for (let at = 1; at <= 1_000; at++) tally.success(at / 10);
  const report: LoadReport = {
    model: 'open',
    calls: 1_003,
    failed: 3,
    givenUp: 1,
    notBegun: 12_345,
    seconds: 10,
    perSecond: 100.3,
    latencyMs: tally.latencyMs,
    histogram: tally.histogram,
    failures: [{ kind: 'HTTP 503', count: 3, example: 'can not serve now, and says so in a sentence that is long' }],
    clientBusy: 0.97,
    endedBy: 'interrupt',
  };
  const subject = { target: 'http://localhost/mcp', tool: 'a tool', connections: 10, callers: 10, rps: 100 };
  const at = (columns: number): string[] =>
    renderLoad(subject, report, { colours: new Chalk({ level: 0 }), width: () => columns });

  it.each([40, 80])('fits %i columns', (columns) => {
    const lines = at(columns);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('█');
  });

  it('has a pipe get the same lines as a wide terminal, and says what limited the measure', () => {
    expect(at(Infinity)).toEqual(at(200));
    expect(at(Infinity).join(' ')).toMatch(/own processor was the limit \(busy 97 % of the time\)/);
    expect(at(Infinity).join(' ')).toMatch(/12,345 calls could not begin in time/);
  });

  it('has percentiles that are exact to three digits', () => {
    const { p50 = 0, p90 = 0, p99 = 0, 'p99.9': last = 0, max = 0 } = tally.latencyMs ?? {};
    expect([p50, p90, p99, last, max].map((ms) => Math.round(ms * 10) / 10)).toEqual([50, 90, 99, 99.9, 100]);
    expect(tally.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });

  it('counts a bounded number of kinds apart', () => {
    const many = new Tally();
    for (let kind = 0; kind < 1_000; kind++) many.failure(`kind ${kind}`, 'x'.repeat(10_000));
    expect(many.failures.length).toBeLessThanOrEqual(21);
    expect(many.failures[0]).toMatchObject({ kind: 'other failures', count: 980 });
    expect(JSON.stringify(many.failures).length).toBeLessThan(10_000);
  });
});
