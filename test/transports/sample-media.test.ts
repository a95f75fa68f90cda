import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { SampleContent } from '../../src/catalog/context.js';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';

const PICTURE: SampleContent = { type: 'image', data: 'aGk=', mimeType: 'image/png' };
const SOUND: SampleContent = { type: 'audio', data: 'aG8=', mimeType: 'audio/wav' };

const describes = defineTool({
  name: 'describes',
  title: 'Describes',
  description: 'Has a model look at a picture, and say what it sees',
  inputSchema: z.object({}),
  async handler(_args, context) {
    const question: SampleContent[] = [{ type: 'text', text: 'What is this?' }, PICTURE];
    const { text, content } = await context.sample({ messages: [{ role: 'user', content: question }], maxTokens: 9 });
    return { content: [{ type: 'text', text: JSON.stringify({ text, content }) }] };
  },
});

let server: McpServer;
beforeAll(async () => {
  server = await startMcpServer({ offer: defineCatalog({ tools: [describes] }) });
});
afterAll(() => server.close());

test.each(['2025-11-25', '2026-07-28'])('a model is shown pictures and may answer in sound, in %s', async (version) => {
  const mode = version === '2026-07-28' ? { pin: version } : ('legacy' as const);
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { sampling: {} }, versionNegotiation: { mode } },
  );
  const asked: unknown[] = [];
  client.setRequestHandler('sampling/createMessage', ({ params }) => {
    asked.push(params.messages[0]?.content);
    const several = [{ type: 'text', text: 'Hear: ' }, SOUND, { type: 'tool_use', id: '1', name: 'x', input: {} }];
    // The older revision's client answers with one block, unless it knows tools.
    return { role: 'assistant', model: 'm', content: (version === '2025-11-25' ? SOUND : several) as never };
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  const { content } = await client.callTool({ name: 'describes', arguments: {} });
  const [block] = content;
  expect(asked).toEqual([[{ type: 'text', text: 'What is this?' }, PICTURE]]);
  // What is neither text nor picture nor sound is not shown to a handler.
  const seen =
    version === '2025-11-25'
      ? { text: '', content: [SOUND] }
      : { text: 'Hear: ', content: [{ type: 'text', text: 'Hear: ' }, SOUND] };
  expect(JSON.parse(block?.type === 'text' ? block.text : '')).toEqual(seen);
  await client.close();
});
