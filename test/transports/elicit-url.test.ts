import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema, ResourceListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import type { ElicitRequest } from '@modelcontextprotocol/sdk/types.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineCatalog, defineResourceTemplate, defineTool } from '../../src/index.js';
import type { CallContext } from '../../src/index.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, post } from '../helpers/modern.js';
import { opensServers } from '../helpers/servers.js';

const ICONS = [{ src: 'https://example.com/icon.png', sizes: ['48x48'] }];
const names = ['first'];

const tool = (name: string, more: object, run: (context: CallContext) => Promise<string>) =>
  defineTool({
    ...{ name, title: name, description: name, inputSchema: { type: 'object' }, ...more },
    handler: async (_args, context) => ({ content: [{ type: 'text', text: await run(context) }] }),
  });

const catalog = defineCatalog({
  icons: ICONS,
  tools: [
    tool('pay', { asks: ['elicitationUrl'] }, async ({ elicitUrl }) => {
      const { action } = await elicitUrl('Pay here', 'https://example.com/pay', { key: 'pay' });
      return action;
    }),
    tool('add', {}, async ({ resourceListChanged }) => {
      names.push(`name-${names.length}`);
      await resourceListChanged();
      return 'added';
    }),
  ],
  resourceTemplates: [
    defineResourceTemplate({
      uriTemplate: 'names://{name}',
      name: 'name',
      icons: ICONS,
      listChanges: true,
      list: () => names.map((name) => ({ uri: `names://${name}`, name })),
      read: (uri, { name }) => ({ uri, text: String(name) }),
    }),
  ],
});

describe('a catalog', () => {
  const open = opensServers({ offer: catalog });
  let url: string;
  beforeAll(async () => {
    ({ url } = await open());
  });

  async function connect(capabilities: object): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' }, { capabilities });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
    return client;
  }

  test('asks to open an address in the legacy era, with an id for it', async () => {
    const client = await connect({ elicitation: { url: {} } });
    const asked: ElicitRequest['params'][] = [];
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params);
      return { action: 'decline' };
    });
    expect(await client.callTool({ name: 'pay' })).toMatchObject({ content: [{ text: 'decline' }] });
    expect(asked).toMatchObject([
      {
        mode: 'url',
        message: 'Pay here',
        url: 'https://example.com/pay',
        elicitationId: expect.stringMatching(/./) as string,
      },
    ]);
    await client.close();
  });

  test('asks to open an address in the modern era, by a round', async () => {
    const _meta = envelope({ elicitation: { url: {} } });
    const { body } = await post(url, 'tools/call', { name: 'pay', _meta });
    expect(body.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        pay: {
          method: 'elicitation/create',
          params: { mode: 'url', message: 'Pay here', url: 'https://example.com/pay' },
        },
      },
    });
    const { requestState } = body.result as { requestState: string };
    const more = { requestState, inputResponses: { pay: { action: 'accept' } } };
    const answer = await post(url, 'tools/call', { name: 'pay', _meta, ...more });
    expect(answer.body.result).toMatchObject({ content: [{ text: 'accept' }] });
  });

  test('asks nobody to open an address who has declared forms alone', async () => {
    const client = await connect({ elicitation: {} });
    expect(await client.callTool({ name: 'pay' })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('elicitation.url') as string }],
    });
    await client.close();
    const { status, body } = await post(url, 'tools/call', { name: 'pay', _meta: envelope({ elicitation: {} }) });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { url: {} } } },
    });
  });

  test('tells the session that has changed a list', async () => {
    const client = await connect({});
    let told = 0;
    client.setNotificationHandler(ResourceListChangedNotificationSchema, () => void told++);
    expect(client.getServerCapabilities()).toMatchObject({ resources: { listChanged: true } });
    const before = (await client.listResources()).resources.length;
    await client.callTool({ name: 'add' });
    await eventually(() => expect(told).toBe(1));
    expect((await client.listResources()).resources).toHaveLength(before + 1);
    await client.close();
  });

  test('tells the listeners of the modern era that a list has changed', async () => {
    const { body } = await post(url, 'server/discover');
    expect(body.result).toMatchObject({ capabilities: { resources: { listChanged: true } } });
    const stream = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28',
        'Mcp-Method': 'subscriptions/listen',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 'sub',
        method: 'subscriptions/listen',
        params: { _meta: envelope(), notifications: { resourcesListChanged: true } },
      }),
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = '';
    const until = async (word: string) => {
      while (!text.includes(word)) text += decoder.decode((await reader.read()).value, { stream: true });
    };
    await until('acknowledged');
    await post(url, 'tools/call', { name: 'add' });
    await until('notifications/resources/list_changed');
    await reader.cancel();
  });

  test('shows its icons, and those of its entries', async () => {
    const client = await connect({});
    expect(client.getServerVersion()).toMatchObject({ icons: ICONS });
    expect((await client.listResourceTemplates()).resourceTemplates).toMatchObject([{ icons: ICONS }]);
    await client.close();
  });
});
