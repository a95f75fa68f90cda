import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { sampleValue } from '../arguments/sample.js';
import type { ReadableSchema } from '../arguments/schema.js';
import { callTool } from '../calls.js';
import { ErrorAnswer } from '../errors.js';
import { headerFault } from '../lists.js';
import { outputFault, schemaFault } from '../output-schema.js';
import { expectError, firstIssue, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault, Skip, Warning } from './report.js';
import { walkList } from './walk.js';
import { RPC } from '../../rpc/errors.js';

const GROUP = 'tools';

/** Lists the tools, looks at their schemas, and calls them. */
export async function checkTools(context: SmokeContext): Promise<void> {
  if (!context.offers('tools')) return;
  const listed = await walkList(context, { group: GROUP, method: 'tools/list', key: 'tools', id: 'name' });
  for (const item of listed) {
    let tool: Tool | undefined;
    await context.recorder.check(GROUP, `declare ${String(item.name)}`, () => {
      tool = usable(item, context);
      advise(tool);
      return Promise.resolve();
    });
    if (tool !== undefined && mayCall(tool, context)) await checkCall(tool, context);
  }
}

/**
 * What is not marked as read-only is called where whoever runs this says so; and where that is said of some arguments, with those alone.
 * A tool that is left alone is told of.
 */
function mayCall({ name, annotations }: Tool, { recorder, allTools, expectations }: SmokeContext): boolean {
  if (allTools || annotations?.readOnlyHint === true) return true;
  const isExpected = expectations.calls?.some(({ tool }) => tool === name) === true;
  if (!isExpected) recorder.leaveAlone(GROUP, name);
  return false;
}

/**
 * A declaration has the shape of the schema, and its schemas MUST be valid (basic, "Schema Validation"). They are read as JSON Schema
 * 2020-12: what is wrong by that alone, where another dialect is declared, is a warning. The headers that a tool asks for
 * MUST be such that clients can send them (2026-07-28, server/tools, "x-mcp-header").
 */
function usable(item: Record<string, unknown>, { connection }: SmokeContext): Tool {
  const parsed = specTypeSchemas.Tool['~standard'].validate(item);
  if (parsed.issues !== undefined) throw new Fault(firstIssue(parsed.issues));
  const tool = parsed.value;
  const wrongHeader = connection.era === 'modern' ? headerFault(tool.name, tool.inputSchema) : undefined;
  if (wrongHeader !== undefined) throw new Fault(wrongHeader);
  for (const key of ['inputSchema', 'outputSchema'] as const) {
    const schema: Record<string, unknown> | undefined = tool[key];
    const fault = schema === undefined ? undefined : schemaFault(schema, {});
    if (fault?.startsWith('the schema is faulty'))
      throw new (declaresOther(schema) ? Warning : Fault)(`${key}: as JSON Schema 2020-12, ${fault}`);
  }
  return tool;
}

function declaresOther(schema: Record<string, unknown> | undefined): boolean {
  return typeof schema?.$schema === 'string' && !schema.$schema.includes('2020-12');
}

/** Names SHOULD be short and plain (tools, "Tool Names"); a client of the modern era would leave out a tool with such headers. */
function advise({ name, inputSchema }: Tool): void {
  if (!/^[\w.-]{1,128}$/.test(name))
    throw new Warning('the name is not 1 to 128 letters, digits, underscores, hyphens and dots');
  const fault = headerFault(name, inputSchema);
  if (fault !== undefined) throw new Warning(fault);
}

/**
 * Structured results MUST conform to the output schema (tools, "Output Schema"). An error that is not a result is a warning: the
 * arguments were made up, and a model that sees the error can't learn from it ("Error Handling").
 */
async function checkCall(tool: Tool, { connection, recorder, extras, answers }: SmokeContext): Promise<void> {
  await recorder.check(
    GROUP,
    `call ${tool.name}`,
    async () => {
      if (recorder.leavesOut(tool.name)) throw new Skip('left out as asked');
      const args = sampleArguments(tool);
      const result = await callTool(connection, tool, args, extras).catch((error: unknown) => {
        if (!(error instanceof ErrorAnswer)) throw error;
        throw new (error.rpcCode === RPC.missingClientCapability ? Skip : Warning)(error.message);
      });
      answers.push(result.isError !== true);
      const fault = outputFault(tool, result);
      if (fault !== undefined) throw new Fault(fault);
      return result;
    },
    describeResult,
  );
}

/** Arguments that fit the schema. Throws a {@link Skip} where none could be made up. */
export function sampleArguments({ inputSchema }: Pick<Tool, 'inputSchema'>): Record<string, unknown> {
  let args: Record<string, unknown>;
  try {
    args = sampleValue(inputSchema as ReadableSchema) as Record<string, unknown>;
  } catch (error) {
    throw new Skip(`no arguments could be made up: ${(error as Error).message}`);
  }
  const unfit = schemaFault(inputSchema, args);
  if (unfit !== undefined) throw new Skip(`no arguments could be made up: ${unfit}`);
  return args;
}

function describeResult({ isError, content, structuredContent }: CallToolResult): string {
  const [first] = content;
  const text = first?.type === 'text' ? first.text : first?.type;
  return `${isError ? 'tool error: ' : ''}${text ?? JSON.stringify(structuredContent ?? {})}`;
}

/** What a server must refuse. */
export async function checkToolErrors(context: SmokeContext): Promise<void> {
  if (!context.offers('tools')) return;
  const { connection, recorder, extras } = context;
  // The code is that of an example, not of a MUST, and SDKs answer with `isError`: only to act as if there were such a tool is a fault.
  await recorder.check('errors', 'an unknown tool is -32602', () =>
    expectError(
      RPC.invalidParams,
      () => rawRequest(connection, 'tools/call', { name: 'no-such-tool-here', arguments: {} }, extras),
      (result) => (result === undefined || result.isError === true ? Warning : Fault),
    ),
  );
  const { tools = [] } = (await rawRequest(connection, 'tools/list', undefined, extras).catch(() => ({}))) as {
    tools?: Tool[];
  };
  const strict = tools.find(
    (tool) =>
      tool.annotations?.readOnlyHint === true &&
      !recorder.leavesOut(tool.name) &&
      ((tool.inputSchema as ReadableSchema).required ?? []).length > 0,
  );
  if (strict !== undefined)
    await recorder.check('errors', `${strict.name} without its arguments is refused`, () =>
      checkRefusal(strict, context),
    );
}

/**
 * Servers MUST validate all inputs of tools ("Security Considerations"): with a result that has `isError`, so that the model can see it
 * (SEP-1303), or with -32602. Another code is a warning.
 */
async function checkRefusal({ name }: Tool, { connection, extras }: SmokeContext): Promise<void> {
  let isToolError = false;
  await expectError(
    RPC.invalidParams,
    async () => {
      const result = await rawRequest(connection, 'tools/call', { name, arguments: {} }, extras);
      isToolError = result.isError === true;
      return result;
    },
    (result) => (result === undefined ? Warning : Fault),
  ).catch((error: unknown) => {
    if (!isToolError) throw error;
  });
}
