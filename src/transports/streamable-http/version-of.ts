import type { IncomingMessage } from 'node:http';
import { isSupported } from '../../rpc/versions.js';
import { unsupportedVersion } from '../refusals.js';

/** The `MCP-Protocol-Version` of a request, undefined where it names none. Throws a 400 HttpError for one not spoken here. */
export function versionOf(req: IncomingMessage): string | undefined {
  const version = req.headers['mcp-protocol-version'];
  if (version === undefined) return undefined;
  if (typeof version !== 'string' || !isSupported(version)) throw unsupportedVersion(String(version));
  return version;
}
