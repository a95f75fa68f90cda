// The least that a host does with an MCP App, by the SDK's AppBridge.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

/** What a panel may do that asks for nothing (SEP-1865). A host adds the domains of the resource's `_meta.ui.csp`. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'";
const APPS = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
const GIVEN = { a: 6, b: 7, op: 'multiply' };

const client = new Client(
  { name: 'example-host', version: '1.0.0' },
  { capabilities: { extensions: APPS }, versionNegotiation: { mode: 'auto' } },
);
await client.connect(new StreamableHTTPClientTransport(new URL(new URLSearchParams(location.search).get('server'))));

const { tools } = await client.listTools();
const tool = tools.find(({ _meta }) => _meta?.ui?.resourceUri?.startsWith('ui://'));
const { contents } = await client.readResource({ uri: tool._meta.ui.resourceUri });

let theme = 'light';
const frame = document.querySelector('iframe');
// With a client, the bridge passes on what the panel asks of its server.
const bridge = new AppBridge(
  client,
  { name: 'example-host', version: '1.0.0' },
  { serverTools: {}, updateModelContext: { text: {} } },
  { hostContext: { theme, displayMode: 'inline', toolInfo: { tool } } },
);
bridge.onupdatemodelcontext = async ({ content = [] }) => {
  document.querySelector('#told').textContent = content.map(({ text }) => text).join('\n');
  return {};
};
bridge.onsizechange = ({ height }) => {
  if (height) frame.style.height = `${height}px`;
};
bridge.oninitialized = async () => {
  await bridge.sendToolInput({ arguments: GIVEN });
  await bridge.sendToolResult(await client.callTool({ name: tool.name, arguments: GIVEN }));
};
document.querySelector('#theme').addEventListener('click', () => {
  theme = theme === 'light' ? 'dark' : 'light';
  bridge.setHostContext({ theme, displayMode: 'inline', toolInfo: { tool } });
});

// The sandbox has no origin of its own: the panel reaches this page by messages alone. A host of many servers puts another origin between.
await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">${contents[0].text}`;
