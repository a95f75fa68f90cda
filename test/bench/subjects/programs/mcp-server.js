import { randomUUID } from 'node:crypto';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const HISTORY_LIMIT = 50;

/**
 * An McpServer of the SDK with everything that a catalog of this project offers: the same schemas, the same handlers.
 * @param {import('mcp-calc').Catalog} catalog
 * @param {object[]} [calculations] the session's; absent when stateless
 */
export function createMcpServer(catalog, calculations) {
  const server = new McpServer(
    { name: 'usual-pattern', version: '1.0.0' },
    {
      capabilities: { logging: {} },
      ...(catalog.instructions !== undefined && { instructions: catalog.instructions }),
    },
  );
  const context = (extra, method) => contextOf(extra, method, calculations);
  for (const { name, title, description, inputSchema, outputSchema, annotations, handler } of catalog.tools) {
    const config = { title, description, inputSchema, outputSchema, annotations };
    server.registerTool(name, config, (args, extra) => handler(args, context(extra, 'tools/call')));
  }
  for (const resource of catalog.resources) {
    server.registerResource(resource.name, resource.uri, about(resource), async ({ href }, extra) => ({
      contents: [await resource.read(href, context(extra, 'resources/read'))].flat(),
    }));
  }
  for (const template of catalog.resourceTemplates) {
    const uris = new ResourceTemplate(template.uriTemplate, { list: undefined });
    server.registerResource(template.name, uris, about(template), async ({ href }, variables, extra) => ({
      contents: [await template.read(href, variables, context(extra, 'resources/read'))].flat(),
    }));
  }
  for (const { name, title, description, arguments: named = [], get } of catalog.prompts) {
    const argsSchema = Object.fromEntries(named.map((argument) => [argument.name, z.string().optional()]));
    server.registerPrompt(name, { title, description, argsSchema }, (args, extra) =>
      get(args, context(extra, 'prompts/get')),
    );
  }
  return server;
}

function about({ title, description, mimeType }) {
  return { title, description, mimeType };
}

/** What the handlers are given, over the SDK's own. */
function contextOf({ signal, requestId, _meta, sendNotification }, method, calculations) {
  return {
    signal,
    request: {
      id: requestId,
      method,
      headers: {},
      transport: 'streamable-http',
      protocolVersion: '2025-11-25',
      requestId: '',
    },
    client: { elicitation: false, sampling: false, roots: false },
    server: { uptime: () => process.uptime(), activeSessions: async () => 0, calculations: () => ({}) },
    wantsProgress: _meta?.progressToken !== undefined,
    history: {
      async add(calculation) {
        if (calculations === undefined) return undefined;
        const id = randomUUID();
        calculations.unshift({ id, ...calculation });
        calculations.length = Math.min(calculations.length, HISTORY_LIMIT);
        return id;
      },
      list: async (limit) => (calculations ?? []).slice(0, limit),
      find: async (wanted) => calculations?.find(({ id }) => id === wanted),
    },
    async progress(progress, total, message) {
      const progressToken = _meta?.progressToken;
      if (progressToken === undefined) return;
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total, message } });
    },
    log: (level, data) => sendNotification({ method: 'notifications/message', params: { level, data } }),
    resourceUpdated: async () => undefined,
  };
}
