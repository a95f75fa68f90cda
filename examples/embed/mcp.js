// What both apps mount: the calculator with a tool beside it that knows who calls.
import { createNodeHandler, defineCatalog, defineTool, loadCalculator } from 'mcp-calc';

const whoAmI = defineTool({
  name: 'who_am_i',
  title: 'Who am I',
  description: 'Says as whom the caller is logged in to the app.',
  inputSchema: { type: 'object', properties: {} },
  outputSchema: {
    type: 'object',
    properties: { user: { type: 'string' }, role: { type: 'string' } },
    required: ['user', 'role'],
  },
  annotations: { readOnlyHint: true },
  handler(_args, { caller }) {
    const { role } = caller.claims;
    return {
      content: [{ type: 'text', text: `You are ${caller.subject} (${role})` }],
      structuredContent: { user: caller.subject, role },
    };
  },
});

/** @param loginOfRequest who is logged in, by a request of `node:http`: `{ user, expiresAt }` */
export async function createMcp(loginOfRequest) {
  const calculator = await loadCalculator();
  const catalog = defineCatalog({ ...calculator, tools: [whoAmI, ...calculator.tools] });
  return createNodeHandler(catalog, {
    // Sessions and histories are this caller's own. With `redis`, every node of yours may answer.
    caller(req) {
      const { user, expiresAt } = loginOfRequest(req);
      return { subject: user.name, claims: { role: user.role }, expiresAt };
    },
  });
}

/** Stops a server when the process is told to: what is in flight ends, then the server, then what the handler holds. */
export function stopAtSignal(mcp, closeServer) {
  process.once('SIGTERM', async () => {
    await mcp.drain();
    await closeServer();
    await mcp.close();
    console.log('Stopped');
  });
}
