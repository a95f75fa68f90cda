import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestListener, Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { healthUrl } from '../../src/cli/health.js';
import { runCli } from '../helpers/run-cli.js';

const HEALTHY = {
  status: 'healthy',
  uptime: 3_725,
  version: '1.0.0',
  pattern: 'stateful',
  storageMode: 'redis',
  redis: 'ready',
};
const open: Server[] = [];

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

function json(status: number, body: unknown): RequestListener {
  return (req, res) => {
    res
      .writeHead(req.url === '/health' ? status : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(body));
  };
}

afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

describe('mcp-calc health', () => {
  it('sums up a healthy server, code 0', async () => {
    const port = await serve(json(200, HEALTHY));
    const { code, stdout, stderr } = await runCli(['health', `http://127.0.0.1:${port}/mcp`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^✓ healthy {2}http:\/\/127\.0\.0\.1:\d+\/health\n {2}stateful · redis · redis ready · v1\.0\.0 · up 1h 2m · \d+ ms\n$/,
    );
  });

  it('takes the port from PORT', async () => {
    const port = await serve(json(200, HEALTHY));
    expect(await runCli(['health'], { env: { PORT: String(port) } })).toMatchObject({ code: 0 });
  });

  it('waits for a server that starts, and for one that is not well yet, with --wait', async () => {
    const port = await serve(json(200, HEALTHY));
    await new Promise<void>((resolve) => void open.pop()?.close(() => resolve()));
    const waiting = runCli(['health', String(port), '--wait', '20s']);
    let asked = 0;
    const server = createServer((req, res) => {
      asked += 1;
      json(asked === 1 ? 503 : 200, HEALTHY)(req, res);
    });
    open.push(server);
    setTimeout(() => server.listen(port, '127.0.0.1'), 600);
    expect(await waiting).toMatchObject({ code: 0, stdout: expect.stringContaining('healthy') as string });
    expect(asked).toBe(2);
  });

  it('says what it found last where the wait is over, with the codes that it has without one', async () => {
    const port = await serve(json(503, { ...HEALTHY, status: 'unhealthy' }));
    expect(await runCli(['health', String(port), '--wait', '600ms'])).toMatchObject({
      code: 5,
      stdout: expect.stringContaining('503') as string,
    });
    expect(await runCli(['health', '1', '--wait', '600ms'])).toMatchObject({ code: 4 });
    expect(await runCli(['health', String(port), '--wait', 'long'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--wait: "long" is wrong') as string,
    });
  });

  it('prints the answer as one line of JSON in a pipe', async () => {
    const port = await serve(json(200, HEALTHY));
    const { stdout } = await runCli(['health', String(port), '--json']);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toMatchObject({ healthy: true, status: 200, body: HEALTHY });
  });

  it.each([
    ['a 503', json(503, { ...HEALTHY, status: 'unhealthy' }), 'it answers 503 Service Unavailable (unhealthy)'],
    ['an unhealthy status', json(200, { status: 'unhealthy' }), 'it says "unhealthy"'],
    ['a page', ((_req, res) => void res.end('<html>')) satisfies RequestListener, 'the answer is not a JSON object'],
  ])('ends with code 5 for %s', async (_what, answer, reason) => {
    const port = await serve(answer);
    const { code, stdout } = await runCli(['health', String(port)]);
    expect(code).toBe(5);
    expect(stdout).toContain(`✗ unhealthy  http://127.0.0.1:${port}/health: ${reason}`);
  });

  it('lets no escape sequence of a server reach the terminal', async () => {
    const port = await serve(json(200, { ...HEALTHY, version: '\u001b[2J1' }));
    expect((await runCli(['health', String(port)])).stdout).not.toContain('\u001b');
  });

  it('lets no control character and no mark of direction reach it, wherever it stands', async () => {
    const hostile = 'a\u0007\r\u009b\u0085\u202eb';
    const port = await serve(json(200, { ...HEALTHY, version: hostile, pattern: hostile, status: hostile }));
    const { stdout } = await runCli(['health', String(port)]);
    expect(stdout).toContain('it says "a b"');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u);
    const asJson = await runCli(['health', '--json', String(port)]);
    expect(asJson.stdout).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ body: { version: hostile } });
  });

  it('shows no password of an address', async () => {
    const { stderr, code } = await runCli(['health', 'http://ann:pl4nted@127.0.0.1:9/']);
    expect(code).toBe(4);
    expect(stderr).toContain('http://ann:[redacted]@127.0.0.1:9/health does not answer');
    expect(stderr).not.toContain('pl4nted');
  });

  it('ends with code 4 where nobody listens, and says what to do', async () => {
    const port = await serve(json(200, HEALTHY));
    await new Promise((resolve) => open.pop()?.close(resolve));
    const { code, stdout, stderr } = await runCli(['health', String(port)]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toBe(
      `mcp-calc: http://127.0.0.1:${port}/health does not answer: connect ECONNREFUSED 127.0.0.1:${port}\n  Start a server with: mcp-calc http\n`,
    );
  });

  it('ends with code 4 where a server accepts and says nothing', async () => {
    const port = await serve(() => undefined);
    const { code, stderr, ms } = await runCli(['health', String(port), '--timeout', '0.3']);
    expect(code).toBe(4);
    expect(stderr).toContain('no answer within 300 ms');
    expect(ms).toBeLessThan(3_000);
  });

  it.each([
    [['health', 'http://'], {}, /"http:\/\/" is not the address/],
    [['health'], { PORT: '8o8o!' }, /PORT: "8o8o!" is wrong/],
    [['health', '--timeout', 'soon'], {}, /--timeout: "soon" is wrong/],
  ])('%j with %j is wrong usage, code 1', async (args, env, message) => {
    const { code, stderr } = await runCli(args, { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

it.each([
  ['1071', 'http://127.0.0.1:1071/health'],
  ['localhost:1453', 'http://localhost:1453/health'],
  ['https://mcp.example.com', 'https://mcp.example.com/health'],
  ['https://example.com/calc/mcp?x=1#y', 'https://example.com/calc/health'],
  ['http://127.0.0.1:1923/sse', 'http://127.0.0.1:1923/health'],
  ['http://127.0.0.1:1453/readyz', 'http://127.0.0.1:1453/readyz'],
  ['http://127.0.0.1:1453/health/detailed', 'http://127.0.0.1:1453/health/detailed'],
])('%s is probed at %s', (target, url) => {
  expect(healthUrl(target)?.href).toBe(url);
});
