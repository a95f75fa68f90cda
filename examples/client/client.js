// Connects, calls a tool, follows its progress, and connects anew when the connection is lost.
import { setTimeout as delay } from 'node:timers/promises';
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const url = new URL(process.argv[2] ?? 'http://127.0.0.1:1453/mcp');
const ATTEMPTS = 6;
/** How long a call may be without any progress. */
const PATIENCE_MS = 5_000;
let client;

async function connect() {
  // Asks the server which generation of the protocol it speaks, and takes the newest that both do.
  const connecting = new Client({ name: 'thirty-lines', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await connecting.connect(new StreamableHTTPClientTransport(url));
  console.log(`connected: ${connecting.getNegotiatedProtocolVersion()}`);
  return connecting;
}

/** Calls a tool, again where its answer was lost: only for tools that may be called twice (`idempotentHint`, `readOnlyHint`). */
async function call(params) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      client ??= await connect();
      const onprogress = ({ progress, total, message }) => console.log(`${progress} of ${total}: ${message}`);
      return await client.callTool(params, { onprogress, timeout: PATIENCE_MS, resetTimeoutOnProgress: true });
    } catch (error) {
      // What the server has answered is an answer; all else is a connection that is gone.
      if (error instanceof ProtocolError || attempt === ATTEMPTS) throw error;
      console.log(`lost: ${error.message}`);
      await client?.close().catch(() => undefined);
      client = undefined;
      await delay(2 ** attempt * 100 * (0.5 + Math.random()));
    }
  }
}

const { content } = await call({ name: 'demo_progress', arguments: { steps: 5, delayMs: 200 } });
console.log(content[0].text);
await client.close();
