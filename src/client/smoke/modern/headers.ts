import { isSpecType } from '@modelcontextprotocol/client';
import type { Tool } from '@modelcontextprotocol/client';
import { RPC } from '../../../rpc/errors.js';
import { argumentAt, paramHeadersOf } from '../../../rpc/param-headers.js';
import type { ParamHeader } from '../../../rpc/param-headers.js';
import { headerFault } from '../../lists.js';
import { sampleArguments } from '../tools.js';
import type { SmokeContext } from '../check.js';
import { Fault, Skip } from '../report.js';
import { requireRefusal } from './refusal.js';
import { inBase64 } from '../../header-value.js';
import type { Wire, WireAnswer, WireHeaders } from './wire.js';

const GROUP = 'modern';

/** A request that may be made without harm. */
interface Harmless {
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** What it is about: `Mcp-Name`. */
  readonly name: string;
}

/**
 * Servers MUST refuse a request whose headers are missing or say something else than its body: HTTP 400 and -32020 (basic/transports/
 * streamable-http, "Server Validation"). Whoever routes by the headers would be deceived otherwise.
 */
export async function checkHeaders(context: SmokeContext, wire: Wire): Promise<void> {
  const { recorder } = context;
  const refused = (title: string, send: () => Promise<WireAnswer>): Promise<unknown> =>
    recorder.check(GROUP, `${title} is 400 with -32020`, async () =>
      requireRefusal(await send(), RPC.headerMismatch, 400),
    );
  const discover = (headers: WireHeaders) => () => wire.send('server/discover', {}, headers);
  await refused('a request without Mcp-Method', discover({ 'mcp-method': undefined }));
  await refused('another Mcp-Method', discover({ 'mcp-method': 'tools/list' }));
  await refused('another MCP-Protocol-Version', discover({ 'mcp-protocol-version': '2025-11-25' }));
  await recorder.check(
    GROUP,
    'a request without MCP-Protocol-Version is not served as one of this revision',
    async () => requireNotServed(await discover({ 'mcp-protocol-version': undefined })()),
  );
  const tools = (await firstPage(wire, 'tools/list', 'tools')).filter((item) => isSpecType.Tool(item));
  const harmless = await findHarmless(wire, tools);
  const named = (headers: WireHeaders) => () => wire.send(harmless.method, harmless.params, headers);
  await refused(`${harmless.method} without Mcp-Name`, named({ 'mcp-name': undefined }));
  await refused(`${harmless.method} with another Mcp-Name`, named({ 'mcp-name': 'another-name' }));
  // Servers MUST decode it before they compare ("Value Encoding").
  await recorder.check(GROUP, `${harmless.method} with its Mcp-Name in Base64 is served`, async () => {
    const { error } = await named({ 'mcp-name': inBase64(harmless.name) })();
    if (error?.code === RPC.headerMismatch) throw new Fault('answered with error -32020');
  });
  await recorder.check(GROUP, 'tools/call without its Mcp-Param headers is 400 with -32020', () =>
    checkParams(context, wire, tools),
  );
}

/**
 * A server that serves clients of before 2025-06-18 MAY take it for one of theirs ("Protocol Version Header"): then what comes is
 * not a result of this revision. All others MUST refuse it.
 */
function requireNotServed({ result }: WireAnswer): void {
  if (result?.resultType !== undefined) throw new Fault('answered with a result of this revision');
}

/** Of all that the server offers, what changes nothing: a resource, a prompt, a tool that is read-only; or a tool that is not there. */
async function findHarmless(wire: Wire, tools: readonly Tool[]): Promise<Harmless> {
  const resource = (await firstPage(wire, 'resources/list', 'resources')).find((item) => isSpecType.Resource(item));
  if (resource !== undefined) return { method: 'resources/read', params: { uri: resource.uri }, name: resource.uri };
  const prompts = (await firstPage(wire, 'prompts/list', 'prompts')).filter((item) => isSpecType.Prompt(item));
  const prompt = prompts.find(({ arguments: args = [] }) => !args.some(({ required }) => required));
  if (prompt !== undefined) return { method: 'prompts/get', params: { name: prompt.name }, name: prompt.name };
  const tool = tools.find(
    ({ annotations, inputSchema }) => annotations?.readOnlyHint === true && !(inputSchema.required ?? []).length,
  );
  const name = tool?.name ?? 'no-such-tool-here';
  return { method: 'tools/call', params: { name, arguments: {} }, name };
}

/** The items of a list, where there is one: what is wrong with it is for other checks to say. */
async function firstPage(wire: Wire, method: string, key: string): Promise<readonly unknown[]> {
  const items = await wire.send(method).then(
    ({ result }) => result?.[key],
    () => undefined,
  );
  return Array.isArray(items) ? items : [];
}

/** Arguments that a tool wants as headers, too, MUST be there as such ("Server Behavior for Custom Headers"). */
async function checkParams({ allTools }: SmokeContext, wire: Wire, tools: readonly Tool[]): Promise<void> {
  const tool = tools.find(
    ({ name, inputSchema, annotations }) =>
      (allTools || annotations?.readOnlyHint === true) &&
      headerFault(name, inputSchema) === undefined &&
      paramHeadersOf(name, inputSchema).length > 0,
  );
  if (tool === undefined) throw new Skip('no tool that may be called has any');
  const args = sampleArguments(tool);
  const isGiven = ({ path }: ParamHeader): boolean => argumentAt(args, path) !== undefined;
  if (!paramHeadersOf(tool.name, tool.inputSchema).some(isGiven)) throw new Skip('the tool requires none of them');
  requireRefusal(await wire.send('tools/call', { name: tool.name, arguments: args }), RPC.headerMismatch, 400);
}
