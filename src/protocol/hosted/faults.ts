import type { RpcResponse } from '../../rpc/messages.js';
import { isObject } from '../../rpc/messages.js';
import { RPC } from '../../rpc/errors.js';

/** Faults that one message names, and characters of each. */
const FAULTS_SHOWN = 5;
const FAULT_CHARACTERS = 300;

/**
 * The SDK answers params that fail its schemas with the validator's own JSON, mostly as -32603, as if the server were at fault.
 * Returns the same in words, as -32602 with the path of what is wrong; any other answer as it is.
 */
export function inWords(response: RpcResponse): RpcResponse {
  const { error } = response;
  if (error === undefined) return response;
  if (error.code !== RPC.internalError && error.code !== RPC.invalidParams) return response;
  const faults = faultsOf(error.message);
  if (faults === undefined) return response;
  return { ...response, error: { code: RPC.invalidParams, message: `Invalid params: ${faults}` } };
}

/**
 * Whether the SDK's error answer to `tools/call` tells of the tool, not of its caller: a result that is not one, which is -32602
 * to the SDK, or whatever was thrown while the result was looked at, in the very words of that error. The SDK's second generation puts no code before its words.
 */
export function isFaultOfTool({ code, message }: NonNullable<RpcResponse['error']>): boolean {
  if (code === RPC.invalidParams)
    return /^(?:MCP error -\d+: )?Invalid (?:tools\/call|task creation) result: /.test(message);
  return code === RPC.internalError && !message.startsWith('MCP error ');
}

/** The issues of a message that is their JSON, or ends with it after a few words of the SDK's. */
function faultsOf(message: string): string | undefined {
  const start = message.indexOf('[');
  if (start === -1 || !/^(?:MCP error -\d+: )?(?:Invalid [\w/]+ request: )?$/.test(message.slice(0, start)))
    return undefined;
  let issues: unknown;
  try {
    issues = JSON.parse(message.slice(start));
  } catch {
    return undefined;
  }
  if (!Array.isArray(issues) || issues.length === 0 || !issues.every(isIssue)) return undefined;
  const shown = issues
    .slice(0, FAULTS_SHOWN)
    .map(({ path, message }) => `${path.join('.')}: ${message}`.slice(0, FAULT_CHARACTERS));
  const rest = issues.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

function isIssue(value: unknown): value is { path: unknown[]; message: string } {
  return isObject(value) && Array.isArray(value.path) && typeof value.message === 'string';
}
