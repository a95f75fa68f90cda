const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};

/** The headers that a client of the SDK sends with a POST; `more` stand in for some of them. */
export function post(session, more) {
  return { ...HEADERS, ...more, ...(session !== undefined && { 'mcp-session-id': session }) };
}
