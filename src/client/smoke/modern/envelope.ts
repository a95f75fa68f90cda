import { META } from '../../../rpc/era.js';
import { RPC } from '../../../rpc/errors.js';
import { isObject } from '../../../rpc/messages.js';
import type { SmokeContext } from '../check.js';
import { Fault, Warning } from '../report.js';
import { requireRefusal } from './refusal.js';
import type { Wire } from './wire.js';

const GROUP = 'modern';
const NO_VERSION = '1900-01-01';

/** What a request says of its client MUST be there, and what it says MUST be heeded (basic, "Per-request protocol fields"). */
export async function checkEnvelope({ connection, recorder }: SmokeContext, wire: Wire): Promise<void> {
  const without = (key: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(wire.envelope).filter(([name]) => name !== key));
  for (const key of [META.protocolVersion, META.clientCapabilities])
    await recorder.check(GROUP, `a request without ${key.replace(/.*\//, '')} is -32602`, async () =>
      requireRefusal(await wire.send('server/discover', { _meta: without(key) }), RPC.invalidParams, 400),
    );
  // Only a SHOULD of clients, so a request without it MUST be served.
  await recorder.check(GROUP, 'a request without clientInfo is served', async () => {
    const { result, error } = await wire.send('server/discover', { _meta: without(META.clientInfo) });
    if (result === undefined) throw new Fault(`answered with ${error ? `error ${String(error.code)}` : 'no result'}`);
  });
  // MUST (basic/versioning, "Protocol Version Negotiation"); `supported` and `requested` are required by the schema.
  await recorder.check(GROUP, 'an unsupported version is -32022, with those that are', async () => {
    const _meta = { ...wire.envelope, [META.protocolVersion]: NO_VERSION };
    const answer = await wire.send('server/discover', { _meta }, { 'mcp-protocol-version': NO_VERSION });
    // The SDK pins a pipe to the version of its first request, and looks at no other.
    if (!wire.isHttp && answer.result !== undefined) throw new Warning('answered with a result, not with error -32022');
    const { data } = requireRefusal(answer, RPC.unsupportedVersion, 400);
    const { supported, requested } = isObject(data) ? data : {};
    if (!Array.isArray(supported) || !supported.includes(connection.protocolVersion))
      throw new Fault(`data.supported has no ${connection.protocolVersion}, which it answers in`);
    if (requested !== NO_VERSION) throw new Fault('data.requested is not the version that was asked for');
  });
}
