import type { RpcMessage } from './messages.js';
import { isObject, isResponse } from './messages.js';
import { isModern } from './versions.js';

/** The two generations of the protocol: with a handshake and sessions (up to 2025-11-25), and without (from 2026-07-28). */
export type Era = 'legacy' | 'modern';

/** The reserved keys of `_meta` (2026-07-28, basic, "_meta"): the first four are a request's envelope. */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** The Tasks extension of the modern era (SEP-2663), as both sides declare it. */
export const TASKS = 'io.modelcontextprotocol/tasks';

const ENVELOPE = [META.protocolVersion, META.clientCapabilities, META.clientInfo, META.logLevel];

/** Methods that no other era has: whoever sends one means the modern one, even with a broken envelope. */
const MODERN_METHODS: ReadonlySet<string> = new Set(['server/discover', 'subscriptions/listen']);

/**
 * The era of one message; `header` is its `MCP-Protocol-Version`, where it came over HTTP. Nothing is inferred from other messages
 * (2026-07-28, basic, "Statelessness"), so that one pipe or endpoint serves both. What is modern and malformed stays modern:
 * its sender is told what is missing.
 */
export function eraOf(message: RpcMessage, header?: string): Era {
  if (isResponse(message)) return 'legacy';
  if (hasEnvelope(message.params) || MODERN_METHODS.has(message.method)) return 'modern';
  // An editor that keeps a stale header must still be able to begin.
  if (message.method === 'initialize') return 'legacy';
  return header !== undefined && isModern(header) ? 'modern' : 'legacy';
}

function hasEnvelope(params: Record<string, unknown> | undefined): boolean {
  const meta = params?._meta;
  return isObject(meta) && ENVELOPE.some((key) => key in meta);
}
