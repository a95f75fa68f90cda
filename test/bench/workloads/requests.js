export const PROGRESS_EVENTS = 20;

/** Asks for the version that the client's headers name. */
export function initialize({ 'mcp-protocol-version': protocolVersion = '2025-11-25' } = {}) {
  return call('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } });
}

export const toolsList = call('tools/list', {});

/** A call of the calculation: by default of the tool and with the arguments that the calculator has. */
export function calculate({
  name = 'calculate',
  arguments: given = { a: 100, b: 5, op: 'divide', precision: 4 },
} = {}) {
  return call('tools/call', { name, arguments: given });
}

const META = 'io.modelcontextprotocol/';
const MODERN = '2026-07-28';
const envelope = { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {} };

/** The same calculation as a request of the modern era, and what its headers say beside those of the others. */
export const modernCalculate = call('tools/call', {
  name: 'calculate',
  arguments: { a: 100, b: 5, op: 'divide', precision: 4 },
  _meta: { ...envelope, [`${META}clientInfo`]: { name: 'bench', version: '1.0.0' } },
});
export const modernCallHeaders = {
  'mcp-protocol-version': MODERN,
  'mcp-method': 'tools/call',
  'mcp-name': 'calculate',
};

/** Listens in the modern era to what the calculator tells of most often. */
export const modernListen = call('subscriptions/listen', {
  notifications: { resourceSubscriptions: ['calculator://stats'] },
  _meta: envelope,
});
export const modernListenHeaders = { 'mcp-protocol-version': MODERN, 'mcp-method': 'subscriptions/listen' };

export const progress = call('tools/call', { name: 'progress', arguments: {}, _meta: { progressToken: 'bench' } });

function call(method, params) {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}
