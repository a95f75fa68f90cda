import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

let server: SpawnedServer;
let url: string;
beforeAll(async () => {
  server = await spawnServer(['http']);
  url = `${server.origin}/mcp`;
});
afterAll(() => server.stop());

describe('a session that another client has opened', () => {
  test('is named by --keep-session, and watched by its id', async () => {
    const first = await runCli(['client', 'call', 'calculate', 'a=1', 'b=2', 'op=add', '--keep-session', '--url', url]);
    expect(first.code).toBe(0);
    const id = /--session (\S+)/.exec(first.stderr)?.[1] ?? '';
    const watching = startCli(['client', 'watch', 'calculator://history', '--session', id, '--url', url]);
    let stdout = '';
    let stderr = '';
    watching.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    watching.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    try {
      await eventually(() => expect(stderr).toContain('Watching calculator://history'), 10_000);
      const args = ['call', 'calculate', 'a=3', 'b=4', 'op=add', '--session', id, '--url', url];
      expect((await runCli(['client', ...args])).stdout).toContain('7');
      await eventually(() => expect(stdout).toMatch(/resources\/updated calculator:\/\/history/));
    } finally {
      watching.kill('SIGINT');
      await once(watching, 'close');
    }
    const read = await runCli(['client', 'read', 'calculator://history', '--session', id, '--url', url]);
    expect(read.stdout).toMatch(/3 \+ 4[\s\S]*1 \+ 2|1 \+ 2[\s\S]*3 \+ 4/);
    expect((await runCli(['client', 'info', '--session', id, '--url', url])).stdout).toContain(id);
  }, 40_000);

  test('is not opened anew where the server does not know it', async () => {
    const { code, stderr } = await runCli(['client', 'tools', '--session', 'gone', '--url', url]);
    expect(code).toBe(4);
    expect(stderr).toContain('knows no session');
  });

  test('is refused over stdio', async () => {
    const { code, stderr } = await runCli(['client', 'tools', '--session', 'x']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('--session needs --url')]);
  });
});

test('--trace shows each request, the ids and retry of events, the stream of GET, DELETE and times, secrets masked', async () => {
  const { stderr } = await runCli([
    ...['client', 'call', 'demo_progress', 'steps=2', '--trace', '--era', 'legacy'],
    ...['--header', 'X-Api-Key: hush', '--url', url],
  ]);
  expect(stderr).toMatch(/^>>> POST http.*"x-api-key":"\[redacted\]"/m);
  expect(stderr).toMatch(/^>>> GET http/m);
  expect(stderr).toMatch(/^>>> DELETE http/m);
  expect(stderr).toMatch(/^<<< HTTP 200 to the DELETE after \d+ ms/m);
  expect(stderr).toMatch(/^<<< id: ?\S+/m);
  expect(stderr).toMatch(/^<<< retry: ?\d+/m);
  expect(stderr).toMatch(/^<<< \(the stream of the POST ended after \d+ ms\)/m);
  expect(stderr).toMatch(/^<-- \{.*\} \(\d+ ms\)$/m);
  expect(stderr).not.toContain('hush');
});
