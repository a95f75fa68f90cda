// A server written for the MCP SDK 2.x, served by mcp-calc in both eras: the default export makes a new one whenever one is needed.
import { acceptedContent, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const GUEST = z.object({ name: z.string() });

export default function makeServer() {
  const server = new McpServer({ name: 'sdk2-server', version: '1.0.0' });

  server.registerTool(
    'greet',
    {
      description: 'Greets somebody, whose name it asks for where it has none',
      inputSchema: z.object({ name: z.string().optional() }),
    },
    ({ name }, { mcpReq }) => {
      const guest = name ?? acceptedContent(mcpReq.inputResponses, 'guest', GUEST)?.name;
      if (guest !== undefined) return { content: [{ type: 'text', text: `Hello, ${guest}` }] };
      // In a session the client is asked while the call waits; in the modern era this ends the round, and the answer comes with the next.
      const question = inputRequired.elicit({ message: 'Whom shall I greet?', requestedSchema: GUEST });
      return inputRequired({ inputRequests: { guest: question } });
    },
  );

  return server;
}
