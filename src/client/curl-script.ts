import { renderCurl, shellQuote } from './curl.js';
import type { CurlOptions } from './curl.js';
import type { HttpRequest } from './http-request.js';

const SESSION = 'MCP_SESSION_ID';

/**
 * Shell lines that make the requests of one exchange anew: the handshake of their own session, then the request.
 * Each line is complete; all of them, pasted together, give the answer that the client gets.
 */
export function curlScript(
  kind: 'sse' | 'streamable-http',
  requests: readonly HttpRequest[],
  options: CurlOptions = {},
): string[] {
  return kind === 'sse' ? sseScript(requests, options) : requests.map((request) => streamableLine(request, options));
}

/** A stateless server gives no session id; the variable is empty then, and curl leaves an empty header out. */
function streamableLine(request: HttpRequest, options: CurlOptions): string {
  const line = renderCurl(request, { ...options, sessionVariable: SESSION });
  if (!isInitialize(request)) return line;
  return `${SESSION}=$(${line} -D - -o /dev/null | tr -d '\\r' | awk 'tolower($1) == "mcp-session-id:" { print $2 }')`;
}

/** Answers arrive on the stream that the first line opens: they are collected in a file, which the last line shows. */
function sseScript([stream, ...posts]: readonly HttpRequest[], options: CurlOptions): string[] {
  if (stream === undefined) return [];
  const { origin } = new URL(stream.url);
  return [
    `MCP_EVENTS=$(mktemp); ${renderCurl(stream, options)} > "$MCP_EVENTS" & MCP_STREAM=$!`,
    `until MCP_ENDPOINT=$(sed -n 's/^data: *//p' "$MCP_EVENTS" | head -n 1 | tr -d '\\r'); [ -n "$MCP_ENDPOINT" ]; do sleep 0.1; done`,
    `case "$MCP_ENDPOINT" in http*) ;; *) MCP_ENDPOINT=${shellQuote(origin)}"$MCP_ENDPOINT" ;; esac`,
    ...posts.flatMap((post) => {
      const line = `${renderCurl({ ...post, url: 'MCP_ENDPOINT' }, options).replace(' MCP_ENDPOINT ', ' "$MCP_ENDPOINT" ')} -o /dev/null`;
      const id = idOf(post);
      return id === undefined ? [line] : [line, `until grep -q '"id":${id}[,}]' "$MCP_EVENTS"; do sleep 0.1; done`];
    }),
    `kill "$MCP_STREAM"; grep '"id":${idOf(posts.at(-1))}[,}]' "$MCP_EVENTS"`,
  ];
}

function isInitialize({ body }: HttpRequest): boolean {
  return body !== undefined && (JSON.parse(body) as { method?: string }).method === 'initialize';
}

/** The SDK counts its requests. */
function idOf(request: HttpRequest | undefined): number | undefined {
  return request?.body === undefined ? undefined : (JSON.parse(request.body) as { id?: number }).id;
}
