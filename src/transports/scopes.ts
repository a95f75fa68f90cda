import type { IncomingMessage, ServerResponse } from 'node:http';
import { missingScopes } from '../auth/guard.js';
import type { Binding } from '../protocol/binding.js';
import type { RpcMessage } from '../rpc/messages.js';

/** Answers 403 `insufficient_scope` and names the scopes that are missing. */
export type RefuseScopes = (req: IncomingMessage, res: ServerResponse, scopes: readonly string[]) => void;

/** Whether the caller's token lacks a scope that one of the messages needs; then the answer has been given. */
export function lacksScopes(
  { binding, refuseScopes }: { binding: Binding; refuseScopes?: RefuseScopes },
  req: IncomingMessage,
  res: ServerResponse,
  messages: readonly RpcMessage[],
): boolean {
  if (!refuseScopes) return false;
  const lacking = missingScopes(req.auth, messages.flatMap((message) => binding.requiredScopes(message)));
  if (lacking.length === 0) return false;
  refuseScopes(req, res, lacking);
  return true;
}
