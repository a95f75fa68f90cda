import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTo, say } from '../helpers/child-server.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const MODULE = join(import.meta.dirname, '../fixtures/counts.js');
let server: SpawnedServer;

beforeAll(
  async () => void (server = await spawnServer(['http', '--server', MODULE, '--per-session', '--max-children', '2'])),
);
afterAll(() => server?.stop());

test('an SDK server of a session lives as long as it, with what it keeps in its closure', async () => {
  const one = await connectTo(server.origin);
  const other = await connectTo(server.origin);
  expect(await say(one, 'count')).toBe('1');
  expect(await say(one, 'count')).toBe('2');
  expect(await say(other, 'count')).toBe('1');
  expect(await say(one, 'ask')).toBe('hello Ada');
  await expect(connectTo(server.origin)).rejects.toThrow(/There are 2 servers running already/);
  await (one.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  const third = await connectTo(server.origin);
  expect(await say(third, 'count')).toBe('1');
  await Promise.all([one, other, third].map((client) => client.close()));
});

test('--per-session without a module is refused', async () => {
  const { code, stderr } = await runCli(['http', '--per-session']);
  expect(code).toBe(1);
  expect(stderr).toContain('--per-session is for a --server function');
});
