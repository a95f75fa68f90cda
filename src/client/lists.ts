import type { Prompt, Resource, ResourceTemplateType as ResourceTemplate, Tool } from '@modelcontextprotocol/client';
import { paramHeadersOf } from '../rpc/param-headers.js';
import { quote } from '../text/harmless.js';
import type { Connection, RequestExtras } from './connection.js';
import { ClientError } from './errors.js';
import { MESSAGE_BYTES } from './message-meter.js';

/** Pages that one list is followed for: a server with a cursor that leads nowhere must not keep the client. */
export const PAGES_PER_LIST = 200;
/** Characters of a list, as JSON: what one message may hold, in however many it comes. */
const LIST_CHARACTERS = MESSAGE_BYTES;

/**
 * All pages of `tools/list`. The client's own `listTools` would also compile every output schema, and fail on a faulty one. A list of
 * what a server does not offer is empty, and not asked for.
 */
export async function listTools(connection: Connection, extras?: RequestExtras): Promise<Tool[]> {
  if (!connection.offers('tools')) return [];
  return allPages(async (cursor) => {
    const { tools, nextCursor } = await connection.request(
      (client, options) => client.request({ method: 'tools/list', params: cursor }, options),
      extras,
    );
    return [tools.filter((tool) => isUsable(tool, connection)), nextCursor];
  });
}

/** Over HTTP a client leaves out a tool whose arguments can't be sent as the headers that it asks for (2026-07-28, server/tools, "x-mcp-header"). */
function isUsable({ name, inputSchema }: Tool, connection: Connection): boolean {
  const fault =
    connection.era === 'modern' && connection.transport !== 'stdio' ? headerFault(name, inputSchema) : undefined;
  if (fault !== undefined) connection.notice(`Left out: ${quote(fault)}`);
  return fault === undefined;
}

/** What is wrong with the headers that a tool asks for. */
export function headerFault(tool: string, inputSchema: unknown): string | undefined {
  try {
    paramHeadersOf(tool, inputSchema);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** All pages of `resources/list`. */
export async function listResources(connection: Connection, extras?: RequestExtras): Promise<Resource[]> {
  if (!connection.offers('resources')) return [];
  return allPages(async (cursor) => {
    const { resources, nextCursor } = await connection.request(
      (client, options) => client.request({ method: 'resources/list', params: cursor }, options),
      extras,
    );
    return [resources, nextCursor];
  });
}

/** All pages of `resources/templates/list`. */
export async function listTemplates(connection: Connection, extras?: RequestExtras): Promise<ResourceTemplate[]> {
  if (!connection.offers('resources')) return [];
  return allPages(async (cursor) => {
    const { resourceTemplates, nextCursor } = await connection.request(
      (client, options) => client.request({ method: 'resources/templates/list', params: cursor }, options),
      extras,
    );
    return [resourceTemplates, nextCursor];
  });
}

/** All pages of `prompts/list`. */
export async function listPrompts(connection: Connection, extras?: RequestExtras): Promise<Prompt[]> {
  if (!connection.offers('prompts')) return [];
  return allPages(async (cursor) => {
    const { prompts, nextCursor } = await connection.request(
      (client, options) => client.request({ method: 'prompts/list', params: cursor }, options),
      extras,
    );
    return [prompts, nextCursor];
  });
}

/** Follows the cursors. Rejects where one comes back a second time, or where there is no end in sight. */
async function allPages<T>(page: (cursor?: { cursor: string }) => Promise<[T[], string | undefined]>): Promise<T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  let characters = 0;
  do {
    const [found, next] = await page(cursor === undefined ? undefined : { cursor });
    for (const item of found) items.push(item);
    // A list of one page has been measured already.
    if (seen.size > 0 || next !== undefined) characters += JSON.stringify(found).length;
    if (characters > LIST_CHARACTERS)
      throw new ClientError('answer', `The list is longer than ${LIST_CHARACTERS / 1_000_000} MB`);
    if (next !== undefined && seen.has(next))
      throw new ClientError('answer', 'The list never ends: the server hands out the same cursor again');
    if (next !== undefined) seen.add(next);
    cursor = next;
  } while (cursor !== undefined && seen.size < PAGES_PER_LIST);
  if (cursor !== undefined) throw new ClientError('answer', `The list has more than ${PAGES_PER_LIST} pages`);
  return items;
}
