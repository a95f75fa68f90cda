import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, test } from 'vitest';
import { CHILD, connectTo, say, serveChild } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import { endedWithin } from '../helpers/processes.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

test('over legacy SSE a connection has a process of its own, which ends with it', async () => {
  const server = await spawnServer(['sse', '--', process.execPath, CHILD]);
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  const told: string[] = [];
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('tools'));
  await client.connect(new SSEClientTransport(new URL(`${server.origin}/sse`)) as Transport);
  expect(await say(client, 'ask')).toBe('accept: Ada');
  const seen: number[] = [];
  await client.callTool({ name: 'progress' }, undefined, { onprogress: ({ progress }) => void seen.push(progress) });
  expect(seen).toEqual([1, 2, 3]);
  await say(client, 'change');
  await eventually(() => expect(told).toEqual(['tools']));
  expect(await say(client, 'heard')).toContain('notifications/initialized');
  const pid = Number(await say(client, 'pid'));
  await client.close();
  await endedWithin([pid], 5_000);
  expect(await server.stop()).toBe(0);
});

test('without sessions, all clients that have not signed in share a process', async () => {
  const server = await serveChild(['--stateless']);
  const [one, other] = [await connectTo(server.origin), await connectTo(server.origin)];
  expect(await say(one, 'pid')).toBe(await say(other, 'pid'));
  expect(await say(one, 'echo', { said: 'x' })).toBe('x');
  expect(await say(one, 'ask')).toMatch(/^refused/);
  await Promise.all([one.close(), other.close()]);
  await server.stop();
});

test.each([
  [['http', 'node', 'server.js'], /"node" is not an option of http/],
  [['http', '--share'], /--share is for the command of a server/],
  [['http', '--server', 'x.js', '--', 'node'], /Only one of --server and a command after --/],
])('%j is refused in one line', async (args, why) => {
  const { code, stderr } = await runCli(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(why);
});
