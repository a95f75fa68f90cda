import { Client as NewerClient, StreamableHTTPClientTransport as NewerTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { InstalledExample } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import { freePort } from '../helpers/redis.js';
import { runCli } from '../helpers/run-cli.js';

const run = promisify(execFile);

/** In the runtime of Cloudflare's Workers. */
let example: InstalledExample;
let workerd: ChildProcess;
let url: URL;

beforeAll(async () => {
  example = await installExample('edge');
  const { folder } = example;
  const port = await freePort();
  url = new URL(`http://127.0.0.1:${port}/mcp`);
  await run('npm', ['run', 'prestart'], { cwd: folder });
  workerd = spawn(
    join(folder, 'node_modules/.bin/workerd'),
    ['serve', 'config.capnp', `--socket-addr=http=127.0.0.1:${port}`],
    {
      cwd: folder,
      stdio: 'ignore',
      // Its program of npm starts another: they end together.
      detached: true,
    },
  );
  await eventually(async () => void (await fetch(url)), 20_000);
}, INSTALL_LIMIT_MS + 40_000);

afterAll(async () => {
  if (workerd.exitCode === null) {
    const ended = once(workerd, 'exit');
    process.kill(-Number(workerd.pid), 'SIGKILL');
    await ended;
  }
  await example.remove();
});

describe('the worker of examples/edge, in workerd', () => {
  test('keeps notes for a client of the SDK 1.x, and has forgotten none for the next', async () => {
    for (const [name, given, text] of [
      ['remember', { name: 'milk', text: 'two litres' }, 'Kept milk'],
      ['recall', { name: 'milk' }, 'two litres'],
    ] as const) {
      const client = new Client({ name: 'older', version: '1' });
      await client.connect(new StreamableHTTPClientTransport(url) as Transport);
      expect(await client.callTool({ name, arguments: given })).toMatchObject({ content: [{ text }] });
      await client.close();
    }
  });

  test('serves a client of the SDK 2.x in the modern era', async () => {
    const client = new NewerClient(
      { name: 'newer', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new NewerTransport(url));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['remember', 'recall']);
    expect(await client.callTool({ name: 'recall', arguments: { name: 'none' } })).toMatchObject({ isError: true });
    expect(await client.callTool({ name: 'recall', arguments: { name: 7 } })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('name') as string }],
    });
    await client.close();
  });

  test.each(['legacy', 'modern'])('has no fault that smoke finds in the %s era', async (era) => {
    const expected = join(example.folder, 'smoke.json');
    const args = ['client', 'smoke', '--era', era, '--expect', expected, '--json', '--url', url.href];
    const { stdout, code } = await runCli(args, { timeoutMs: 60_000 });
    const { results } = JSON.parse(stdout) as { results: { outcome: string }[] };
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(code).toBe(0);
  });
});
