import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { sampleValue } from '../arguments/sample.js';
import type { ReadableSchema } from '../arguments/schema.js';
import { callTool } from '../calls.js';
import { headerFault } from '../lists.js';
import { outputFault, schemaFault } from '../output-schema.js';
import { expectError, placeOf, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault, Skip } from './report.js';
import { walkList } from './walk.js';
import { RPC } from '../../rpc/errors.js';

const GROUP = 'tools';

/** Lists the tools, looks at their schemas, calls them, and gives one of them what it must refuse. */
export async function checkTools(context: SmokeContext): Promise<void> {
  if (!context.offers('tools')) return;
  const listed = await walkList(context, { group: GROUP, method: 'tools/list', key: 'tools', id: 'name' });
  const tools: Tool[] = [];
  for (const item of listed) {
    const tool = await context.recorder.check(GROUP, `declare ${String(item.name)}`, () =>
      Promise.resolve(checkDeclaration(item)),
    );
    if (tool !== undefined) tools.push(tool);
  }
  for (const tool of tools) {
    await context.recorder.check(GROUP, `call ${tool.name}`, () => checkCall(tool, context), describeResult);
  }
}

/** What a server must refuse. */
export async function checkToolErrors(context: SmokeContext): Promise<void> {
  if (!context.offers('tools')) return;
  const { connection, recorder, extras } = context;
  await recorder.check('errors', 'an unknown tool is -32602', () =>
    expectError([RPC.invalidParams], () =>
      rawRequest(connection, 'tools/call', { name: 'no-such-tool-here', arguments: {} }, extras),
    ),
  );
  const { tools = [] } = (await rawRequest(connection, 'tools/list', undefined, extras).catch(() => ({}))) as {
    tools?: Tool[];
  };
  const strict = tools.find(
    (tool) =>
      tool.annotations?.readOnlyHint === true && ((tool.inputSchema as ReadableSchema).required ?? []).length > 0,
  );
  if (strict !== undefined)
    await recorder.check('errors', `${strict.name} without its arguments is refused`, () =>
      checkRefusal(strict, context),
    );
}

/** -32602, or a result with `isError`, which later revisions ask for so that the model can see it (SEP-1303). */
async function checkRefusal({ name }: Tool, { connection, extras }: SmokeContext): Promise<void> {
  let result: Record<string, unknown> | undefined;
  await expectError([RPC.invalidParams], async () => {
    result = await rawRequest(connection, 'tools/call', { name, arguments: {} }, extras);
  }).catch((error: unknown) => {
    if (result?.isError !== true) throw error;
  });
}

function checkDeclaration(item: Record<string, unknown>): Tool {
  const parsed = specTypeSchemas.Tool['~standard'].validate(item);
  if (parsed.issues !== undefined) throw new Fault(`${placeOf(parsed.issues)}: ${parsed.issues[0]?.message}`);
  const tool = parsed.value;
  const fault = headerFault(tool.name, tool.inputSchema);
  if (fault !== undefined) throw new Fault(fault);
  for (const key of ['inputSchema', 'outputSchema'] as const) {
    const schema = tool[key];
    const fault = schema === undefined ? undefined : schemaFault(schema, {});
    if (fault?.startsWith('the schema is faulty')) throw new Fault(`${key}: ${fault}`);
  }
  return tool;
}

async function checkCall(tool: Tool, { connection, extras, allTools }: SmokeContext): Promise<CallToolResult> {
  if (!allTools && tool.annotations?.readOnlyHint !== true) throw new Skip('not marked as read-only');
  const args = sampleValue(tool.inputSchema as ReadableSchema) as Record<string, unknown>;
  const unfit = schemaFault(tool.inputSchema, args);
  if (unfit !== undefined) throw new Skip(`no arguments could be made up: ${unfit}`);
  const result = await callTool(connection, tool, args, extras);
  const fault = outputFault(tool, result);
  if (fault !== undefined) throw new Fault(fault);
  return result;
}

function describeResult({ isError, content, structuredContent }: CallToolResult): string {
  const [first] = content;
  const text = first?.type === 'text' ? first.text : first?.type;
  return `${isError ? 'tool error: ' : ''}${text ?? JSON.stringify(structuredContent ?? {})}`;
}
