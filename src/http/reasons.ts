/**
 * Why a request, or a connection, is turned away: the label of `mcp_refusals_total` and the `outcome` of its line in the
 * log. docs/runbook.md says of each what it means and what to do.
 */
export const REFUSALS = [
  'bad_request',
  'connections',
  'content_encoding',
  'content_type',
  'draining',
  'event_id',
  'forbidden',
  'headers_too_large',
  'host',
  'malformed',
  'message',
  'method',
  'not_acceptable',
  'not_found',
  'origin',
  'parse',
  'pipelined',
  'rate_limit',
  'scope_missing',
  'session_limit',
  'session_missing',
  'session_unknown',
  'store',
  'timeout',
  'token_in_query',
  'token_invalid',
  'token_missing',
  'too_large',
  'unauthorized',
  'unavailable',
  'unread',
  'verifier_unavailable',
  'version',
] as const;

export type Refusal = (typeof REFUSALS)[number];
