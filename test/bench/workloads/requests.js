export const PROGRESS_EVENTS = 20;

export const initialize = call('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
});

export const toolsList = call('tools/list', {});

/** A call of the calculation: by default of the tool and with the arguments that the calculator has. */
export function calculate({
  name = 'calculate',
  arguments: given = { a: 100, b: 5, op: 'divide', precision: 4 },
} = {}) {
  return call('tools/call', { name, arguments: given });
}

export const progress = call('tools/call', { name: 'progress', arguments: {}, _meta: { progressToken: 'bench' } });

function call(method, params) {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}
