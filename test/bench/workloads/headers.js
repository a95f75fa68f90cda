const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};

/** The headers that a client of the SDK sends with a POST. */
export function post(session) {
  return session === undefined ? HEADERS : { ...HEADERS, 'mcp-session-id': session };
}
