import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import {
  LoggingMessageNotificationSchema,
  ProgressNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connected } from '../helpers/sdk-client.js';
import { eventually } from '../helpers/eventually.js';

/** One scenario for every transport; what a stateless server can't do, it must refuse clearly. */
export function sdkScenario(connect: () => Promise<Connected>): void {
  let connected: Connected;
  const updates: string[] = [];
  const logs: unknown[] = [];
  const progress: string[] = [];

  beforeAll(async () => {
    connected = await connect();
    const { client } = connected;
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updates.push(params.uri));
    // The SDK's own handler drops the last step where it arrives together with the answer.
    client.setNotificationHandler(ProgressNotificationSchema, ({ params }) => {
      progress.push(`${params.progressToken} ${params.progress} ${params.message}`);
    });
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(params.data));
  });

  afterAll(() => connected.close());

  const call = async (tool: string, args: Record<string, unknown> = {}) => {
    const result = (await connected.client.callTool({ name: tool, arguments: args })) as CallToolResult;
    const [first] = result.content;
    return { ...result, text: first?.type === 'text' ? first.text : '' };
  };

  test('lists every tool, resource, template and prompt, over all pages', async () => {
    const { client } = connected;
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('calculate');
    expect(tools.every((tool) => tool.outputSchema && tool.annotations && tool.title)).toBe(true);
    const uris: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listResources({ cursor });
      uris.push(...page.resources.map(({ uri }) => uri));
      cursor = page.nextCursor;
    } while (cursor);
    expect(uris).toContain('calculator://constants');
    expect(uris.filter((uri) => uri.startsWith('calculator://tables/'))).toHaveLength(100);
    expect(new Set(uris).size).toBe(uris.length);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain('calculator://tables/{n}');
    const { prompts } = await client.listPrompts();
    expect(prompts.map((prompt) => prompt.name)).toContain('explain-calculation');
  });

  test('calls a tool and gets structured content that fits the schema', async () => {
    const { structuredContent, text } = await call('calculate', { a: 0.1, b: 0.2, op: 'add' });
    expect(structuredContent).toMatchObject({ value: 0.3, operation: 'add' });
    expect(text).toContain('0.1 + 0.2 = 0.3');
    expect(typeof (structuredContent as Record<string, unknown>).calculationId).toBe(
      connected.hasSession ? 'string' : 'undefined',
    );
  });

  test('answers a domain error with isError and a sentence', async () => {
    const result = await call('calculate', { a: 1, b: 0, op: 'divide' });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(result.text).toMatch(/zero/i);
  });

  test('reports progress step by step, before the result', async () => {
    progress.length = 0;
    const params = { name: 'demo_progress', arguments: { steps: 2 }, _meta: { progressToken: 'mine' } };
    const result = await connected.client.callTool(params);
    await eventually(() => expect(progress).toEqual(['mine 0.5 Progress step 1 of 2', 'mine 1 Progress step 2 of 2']));
    expect(result.content).toEqual([{ type: 'text', text: 'Progress demonstration completed with 2 steps' }]);
  });

  test('cancels a call that runs', async () => {
    progress.length = 0;
    const controller = new AbortController();
    const params = { name: 'demo_progress', arguments: { steps: 20 }, _meta: { progressToken: 'cancelled' } };
    const running = connected.client.callTool(params, undefined, { signal: controller.signal });
    const ended = expect(running).rejects.toThrow(/abort/i);
    await eventually(() => expect(progress).toHaveLength(1));
    controller.abort();
    await ended;
    await expect(connected.client.ping()).resolves.toEqual({});
  });

  test('reads text and blobs, and says what is not there', async () => {
    const { client } = connected;
    const [constants] = (await client.readResource({ uri: 'calculator://constants' })).contents;
    expect(constants).toMatchObject({
      mimeType: 'application/json',
      text: expect.stringContaining('3.14159265358979') as string,
    });
    const [even] = (await client.readResource({ uri: 'calculator://tables/2' })).contents;
    expect(even).toHaveProperty('blob');
    await expect(client.readResource({ uri: 'calculator://tables/101' })).rejects.toMatchObject({ code: -32002 });
  });

  test('is told when a resource that it subscribed to has changed, and not after it unsubscribed', async () => {
    const { client, hasSession } = connected;
    const uri = 'calculator://history';
    if (!hasSession) {
      await expect(client.subscribeResource({ uri })).rejects.toMatchObject({ code: -32002 });
      return;
    }
    await client.subscribeResource({ uri });
    await call('calculate', { a: 6, b: 7, op: 'multiply' });
    await eventually(() => expect(updates).toEqual([uri]));
    const [history] = (await client.readResource({ uri })).contents;
    expect(JSON.stringify(history)).toContain('6 × 7');
    await client.unsubscribeResource({ uri });
    await call('calculate', { a: 1, b: 1, op: 'add' });
    await client.ping();
    expect(updates).toEqual([uri]);
  });

  test('gets a prompt and completes its arguments', async () => {
    const { client } = connected;
    const { messages } = await client.getPrompt({
      name: 'explain-calculation',
      arguments: { expression: '2 + 3', level: 'basic' },
    });
    expect(JSON.stringify(messages)).toContain('2 + 3');
    const { completion } = await client.complete({
      ref: { type: 'ref/prompt', name: 'explain-calculation' },
      argument: { name: 'level', value: 'in' },
    });
    expect(completion.values).toEqual(['intermediate']);
    await expect(client.getPrompt({ name: 'explain-calculation', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
  });

  test('gets log messages down to the level that it asked for', async () => {
    const { client, hasSession } = connected;
    logs.length = 0;
    await client.setLoggingLevel('error');
    await call('demo_progress', { steps: 1 }); // without a token, the steps are log messages at info
    expect(logs).toEqual(hasSession ? [] : ['Progress step 1 of 1']);
    await client.setLoggingLevel('debug');
    await call('demo_progress', { steps: 1 });
    await eventually(() => expect(logs.at(-1)).toBe('Progress step 1 of 1'));
  });

  test('is asked for what is missing', async () => {
    const result = await call('solve_math_problem', { problem: 'What is the area of a rectangle?' });
    if (connected.hasSession) expect(result.text).toMatch(/\b10\b/);
    else expect([result.isError, result.text]).toEqual([true, expect.stringContaining("can't be asked")]);
  });

  test('is asked for its model', async () => {
    const result = await call('solve_math_problem', { problem: 'Why do people like prime numbers?' });
    if (connected.hasSession) expect(result.text).toContain('the answer of the model');
    else expect(result.isError).toBe(true);
  });

  test('is answered to a ping', async () => {
    await expect(connected.client.ping()).resolves.toEqual({});
  });
}
