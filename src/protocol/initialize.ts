import { RPC, RpcError } from '../rpc/errors.js';
import type { RpcRequest } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { latestVersion, negotiate } from '../rpc/versions.js';
import { objectOrNone } from './params.js';
import type { SessionRecord } from '../sessions/contract.js';
import { INITIALIZE_BYTES } from '../sessions/limits.js';

/** Those that a client may declare, each with an object; others are kept as they are. */
const CAPABILITIES = ['elicitation', 'experimental', 'roots', 'sampling', 'tasks'];

/** What a session's record keeps of what a client says in `initialize`, and the version that it is answered with. */
export type Introduction = Pick<SessionRecord, 'initialize' | 'protocolVersion'>;

/**
 * Reads an `initialize` request, with empty defaults for what a bare `curl` leaves out, or as it is under `--strict`.
 * Throws {@link RpcError} -32602 that names what is missing (lifecycle, "Initialization").
 */
export function readInitialize(
  request: RpcRequest,
  strict: boolean,
): { introduction: Introduction; request: RpcRequest } {
  const given = request.params ?? {};
  const params = strict
    ? given
    : { protocolVersion: latestVersion, capabilities: {}, clientInfo: { name: 'unknown', version: '0' }, ...given };
  if (typeof params.protocolVersion !== 'string') throw lacking('protocolVersion', 'a string');
  if (!isObject(params.capabilities)) throw lacking('capabilities', 'an object');
  for (const name of CAPABILITIES) objectOrNone(params.capabilities, name, `capabilities.${name}`);
  const { clientInfo } = params;
  if (!isObject(clientInfo) || typeof clientInfo.name !== 'string' || typeof clientInfo.version !== 'string') {
    throw lacking('clientInfo', 'an object with a name and a version');
  }
  const initialize = JSON.stringify(params);
  // A UTF-16 unit has three bytes of UTF-8 at most.
  if (initialize.length * 3 > INITIALIZE_BYTES && new TextEncoder().encode(initialize).length > INITIALIZE_BYTES) {
    throw new RpcError(
      RPC.invalidParams,
      `Invalid initialize request: its params have more than ${INITIALIZE_BYTES} bytes`,
    );
  }
  const introduction = { initialize, protocolVersion: negotiate(params.protocolVersion) };
  return { introduction, request: { ...request, params } };
}

function lacking(name: string, what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid initialize request: "${name}" must be ${what}`);
}
