import { describe, expect, test } from 'vitest';
import { opensChildren, say } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import { childrenOf, endedWithin } from '../helpers/processes.js';

const { serve, connect } = opensChildren();

/** All processes below one, however deep. */
function below(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...below(child)]);
}

describe('a server that makes trouble', () => {
  test('and ignores SIGTERM, and has forked: nothing of it outlives its session', async () => {
    const server = await serve([], ['stubborn', 'forks']);
    const client = await connect(server);
    const pid = Number(await say(client, 'pid'));
    const all = [pid, ...below(pid)];
    expect(all.length).toBeGreaterThan(1);
    await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
    await endedWithin(all, 5_000);
  });

  test('and holds too much memory: it is ended, and says why', async () => {
    const client = await connect(await serve(['--child-memory', '200mb']));
    await say(client, 'grow').catch(() => undefined);
    await eventually(() => expect(say(client, 'echo')).rejects.toThrow(/Session not found|memory/), 8_000);
  });

  test('and nobody uses it: it is ended with its session', async () => {
    const client = await connect(await serve(['--child-idle', '300ms']));
    const pid = Number(await say(client, 'pid'));
    await endedWithin([pid], 5_000);
    await expect(say(client, 'echo')).rejects.toThrow(/Session not found/);
  });
});

test('a hundred sessions that are opened and left leave no process once they have ended', async () => {
  const server = await serve(['--session-ttl', '4s', '--max-children', '20', '--rate-limit', 'off']);
  const pid = Number(server.child.pid);
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'leaves', version: '1' } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const open = async () => (await fetch(`${server.origin}/mcp`, { method: 'POST', headers, body })).status;
  const statuses = await Promise.all(Array.from({ length: 100 }, open));
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
  expect(below(pid).length).toBeLessThanOrEqual(21);
  await eventually(() => expect(below(pid).length).toBeLessThanOrEqual(1), 60_000);
}, 90_000);

test('kill -9 of the server leaves none of its children, not even those that ignore SIGTERM', async () => {
  const server = await serve([], ['stubborn', 'forks']);
  await connect(server);
  const all = below(Number(server.child.pid));
  // The watchdog, the child, and what that has started.
  expect(all).toHaveLength(3);
  server.child.kill('SIGKILL');
  await endedWithin(all, 6_000);
});
