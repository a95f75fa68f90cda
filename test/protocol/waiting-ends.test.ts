import { setTimeout as delay } from 'node:timers/promises';
import { McpServer as SdkServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/log.js';
import { CallLimit } from '../../src/protocol/call-limit.js';
import { serveFactory } from '../../src/protocol/hosted/serve-factory.js';
import { OpenRequest } from '../../src/protocol/open-requests.js';
import type { Facts, Sink } from '../../src/protocol/served.js';
import type { RpcRequest } from '../../src/rpc/messages.js';
import { eventually } from '../helpers/eventually.js';
import { loadSdk } from '../helpers/sdk-copy.js';
import { callOf } from '../helpers/rpc.js';

test('a request that has ended is not looked at again', async () => {
  let looks = 0;
  const limit = new CallLimit(20);
  const open = {
    get workedMs() {
      looks += 1;
      return 0;
    },
    overdue: () => undefined,
  };
  limit.start(open);
  await eventually(() => expect(looks).toBeGreaterThan(0));
  limit.end(open);
  const before = looks;
  await delay(200);
  expect(looks).toBe(before);
});

test("an author's server that is closed waits for no answer of its client", async () => {
  const served = await serveFactory(
    () => {
      const made = new SdkServer({ name: 'asks', version: '1.0.0' });
      made.registerTool('ask', {}, async () => {
        await made.server.elicitInput({ message: 'Well?', requestedSchema: { type: 'object', properties: {} } });
        return { content: [] };
      });
      return made;
    },
    { loadSdk },
  );
  let asked = 0;
  const sink = {
    notify: async () => undefined,
    ask: async () => void (asked += 1),
    answer: async () => undefined,
    closeStream: () => undefined,
  } as unknown as Sink;
  const initialize = JSON.stringify({
    protocolVersion: '2025-11-25',
    capabilities: { elicitation: {} },
    clientInfo: { name: 'test', version: '1' },
  });
  const record = { id: 'a', initialize, protocolVersion: '2025-11-25' };
  const facts = { record, logger: silentLogger, requestId: 'r', headers: () => ({}) } as unknown as Facts;
  const peer = await served.open(facts, sink);
  const open = new OpenRequest(callOf('ask', {}, 1) as unknown as RpcRequest, 'legacy');
  void peer.serve(open);
  await eventually(() => expect(asked).toBe(1));
  peer.close();
  const before = open.workedMs;
  await delay(50);
  expect(open.workedMs).toBeGreaterThan(before + 25);
});
