import { RPC, RpcError } from '../rpc/errors.js';
import type { RpcRequest } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { latestVersion, negotiate } from '../rpc/versions.js';
import { objectOrNone } from './params.js';
import type { SessionRecord } from '../sessions/contract.js';

/** Characters of the `initialize` params: every session keeps its own. */
export const INITIALIZE_CHARACTERS = 64_000;
/** Those that a client may declare, each with an object; others are kept as they are. */
const CAPABILITIES = ['elicitation', 'experimental', 'roots', 'sampling', 'tasks'];

/** What a client says in `initialize`, and the version that it is answered with: what a session's record keeps of it. */
export type Introduction = Pick<SessionRecord, 'initialize' | 'protocolVersion'>;

/**
 * Reads an `initialize` request, with empty defaults for what a bare `curl` leaves out, or as it is under `--strict`.
 * Throws {@link RpcError} -32602 that names what is missing (lifecycle, "Initialization").
 */
export function readInitialize(request: RpcRequest, strict: boolean): Introduction {
  const given = request.params ?? {};
  const initialize = strict
    ? given
    : { protocolVersion: latestVersion, capabilities: {}, clientInfo: { name: 'unknown', version: '0' }, ...given };
  if (typeof initialize.protocolVersion !== 'string') throw lacking('protocolVersion', 'a string');
  if (!isObject(initialize.capabilities)) throw lacking('capabilities', 'an object');
  for (const name of CAPABILITIES) objectOrNone(initialize.capabilities, name, `capabilities.${name}`);
  const { clientInfo } = initialize;
  if (!isObject(clientInfo) || typeof clientInfo.name !== 'string' || typeof clientInfo.version !== 'string') {
    throw lacking('clientInfo', 'an object with a name and a version');
  }
  if (JSON.stringify(initialize).length > INITIALIZE_CHARACTERS) {
    throw new RpcError(
      RPC.invalidParams,
      `Invalid initialize request: its params are longer than ${INITIALIZE_CHARACTERS} characters`,
    );
  }
  return { initialize, protocolVersion: negotiate(initialize.protocolVersion) };
}

function lacking(name: string, what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid initialize request: "${name}" must be ${what}`);
}
