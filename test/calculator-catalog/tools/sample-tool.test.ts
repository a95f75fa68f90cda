import { expect, it } from 'vitest';
import { sampleTool } from '../../../src/calculator-catalog/tools/sample-tool.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

const tool = sampleTool('educational_echo');
const { context } = callContext();

it('has the name that it was given', () => {
  expect(tool.name).toBe('educational_echo');
});

it('repeats a message', async () => {
  const { text, structured } = await callTool(tool, { message: 'Hello MCP!' }, context);
  expect(text).toBe('Sample tool "educational_echo" received: Hello MCP!');
  expect(structured).toEqual({ text });
});

it('prints a value, before a message', async () => {
  expect((await callTool(tool, { value: 'abc' }, context)).text).toBe('test string print: abc');
  expect((await callTool(tool, { value: '', message: 'Hello' }, context)).text).toBe('test string print: ');
});

it('needs one of the two', async () => {
  await expect(callTool(tool, {}, context)).rejects.toThrow('give \\"value\\" or \\"message\\"');
});
