import { randomUUID } from 'node:crypto';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { SessionRecord } from '../sessions/contract.js';
import type { RpcRequest } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { RPC, RpcError } from '../rpc/errors.js';
import { latestVersion } from '../rpc/versions.js';

/** Ids of replayed requests: random, so that no client's own id is one. */
const REPLAY_ID = `replay-${randomUUID()}`;

/** Characters of the `initialize` params: every session keeps its own, and replays it at every exchange. */
export const INITIALIZE_CHARACTERS = 64_000;

/**
 * The `initialize` request with empty defaults for what a bare `curl` leaves out, or as it is under `--strict`.
 * Throws {@link RpcError} -32602 that names what is missing (lifecycle, "Initialization").
 */
export function completeInitialize(request: RpcRequest, strict: boolean): RpcRequest {
  const given = request.params ?? {};
  const params = strict
    ? given
    : { protocolVersion: latestVersion, capabilities: {}, clientInfo: { name: 'unknown', version: '0' }, ...given };
  if (typeof params.protocolVersion !== 'string') throw lacking('protocolVersion', 'a string');
  if (!isObject(params.capabilities)) throw lacking('capabilities', 'an object');
  const { clientInfo } = params;
  if (!isObject(clientInfo) || typeof clientInfo.name !== 'string' || typeof clientInfo.version !== 'string') {
    throw lacking('clientInfo', 'an object with a name and a version');
  }
  if (JSON.stringify(params).length > INITIALIZE_CHARACTERS) {
    throw new RpcError(RPC.invalidParams, `Invalid initialize request: its params are longer than ${INITIALIZE_CHARACTERS} characters`);
  }
  return { ...request, params };
}

/**
 * Brings a fresh server to where the session's last one was: replays the `initialize` that opened the session, the log level
 * and the subscriptions. The server handles messages in the order in which it gets them, so nothing has to be awaited; the
 * answers are swallowed.
 */
export function replay(transport: Transport, record: SessionRecord): void {
  replayInitialize(transport, record.initialize);
  if (record.logLevel !== undefined) ask(transport, 'logging/setLevel', { level: record.logLevel });
  for (const uri of record.subscriptions) ask(transport, 'resources/subscribe', { uri });
}

/** The handshake alone. */
export function replayInitialize(transport: Transport, params: Readonly<Record<string, unknown>>): void {
  ask(transport, 'initialize', params);
  transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/initialized' });
}

function ask(transport: Transport, method: string, params: Readonly<Record<string, unknown>>): void {
  transport.onmessage?.({ jsonrpc: '2.0', id: `${REPLAY_ID}-${method}`, method, params });
}

function lacking(name: string, what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid initialize request: "${name}" must be ${what}`);
}
