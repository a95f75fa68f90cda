import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binary } from '../helpers/run-cli.js';

const FIXTURE = fileURLToPath(new URL('../../examples/conformance/server.js', import.meta.url));

/** The tools that the conformance suite calls, and what they need. */
const CALLS: Record<string, Record<string, string | number>> = {
  test_simple_text: {},
  test_image_content: {},
  test_audio_content: {},
  test_embedded_resource: {},
  test_multiple_content_types: {},
  test_error_handling: {},
  test_tool_with_logging: {},
  test_tool_with_progress: {},
  test_sampling: { prompt: 'Say something' },
  test_reconnection: {},
  test_elicitation: { message: 'Who are you?' },
  test_elicitation_sep1034_defaults: {},
  test_elicitation_sep1330_enums: {},
  test_input_required_result_elicitation: {},
  test_input_required_result_sampling: {},
  test_input_required_result_list_roots: {},
  test_input_required_result_request_state: {},
  test_input_required_result_multiple_inputs: {},
  test_input_required_result_multi_round: {},
  test_input_required_result_tampered_state: {},
  test_input_required_result_capabilities: {},
  test_missing_capability: {},
  test_streaming_elicitation: {},
  test_logging_tool: {},
  test_x_mcp_header: {},
  greet: { name: 'Ada' },
  slow_compute: { seconds: 0 },
  failing_job: {},
  protocol_error_job: {},
  confirm_delete: { filename: 'a.txt' },
  multi_input: {},
  test_tool_with_task: {},
  json_schema_2020_12_tool: { name: 'Ada', contactMethod: 'phone', phone: '1' },
};

/** What a client of the older revisions can't have: four must be tasks, and one always fails. */
const FAIL = ['test_error_handling', 'failing_job', 'protocol_error_job', 'confirm_delete', 'multi_input'];

describe('the conformance fixture, loaded with --server', () => {
  const capabilities = { elicitation: {}, sampling: {}, roots: {} };
  const client = new Client({ name: 'test', version: '1' }, { capabilities });
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///home' }] }));
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'a-model-of-the-test',
    content: { type: 'text', text: 'something' },
  }));

  beforeAll(() =>
    client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [binary, 'stdio', '--server', FIXTURE],
        stderr: 'inherit',
      }),
    ),
  );
  afterAll(() => client.close());

  test('lists every tool that the suite calls', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(CALLS).sort());
  });

  test.each(Object.entries(CALLS))('%s answers', async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    expect(result.isError ?? false).toBe(FAIL.includes(name));
    expect(result.content).not.toHaveLength(0);
  });

  test('every resource that it lists can be read', async () => {
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      'test://static-text',
      'test://static-binary',
      'test://watched-resource',
    ]);
    for (const { uri, mimeType } of resources) {
      const { contents } = await client.readResource({ uri });
      expect(contents).toEqual([expect.objectContaining({ uri, mimeType })]);
    }
  });

  test('its template is filled with what the URI holds', async () => {
    const { contents } = await client.readResource({ uri: 'test://template/123/data' });
    const text = JSON.stringify({ id: '123', templateTest: true, data: 'Data for ID: 123' });
    expect(contents).toEqual([{ uri: 'test://template/123/data', mimeType: 'application/json', text }]);
  });

  test('every prompt that it lists can be got', async () => {
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      'test_simple_prompt',
      'test_prompt_with_arguments',
      'test_prompt_with_embedded_resource',
      'test_prompt_with_image',
      'test_input_required_result_prompt',
    ]);
    for (const { name, arguments: wanted = [] } of prompts) {
      const args = Object.fromEntries(wanted.map((argument) => [argument.name, 'test://something']));
      const { messages } = await client.getPrompt({ name, arguments: args });
      expect(messages).not.toHaveLength(0);
    }
  });

  test('the arguments of its prompt complete', async () => {
    const ref = { type: 'ref/prompt' as const, name: 'test_prompt_with_arguments' };
    const { completion } = await client.complete({ ref, argument: { name: 'arg1', value: 'par' } });
    expect(completion.values).toEqual(['paris', 'park', 'party']);
  });
});
