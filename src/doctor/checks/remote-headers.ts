import { readJsonObject } from '../../net/body.js';
import { META } from '../../rpc/era.js';
import { RPC } from '../../rpc/errors.js';
import { isObject } from '../../rpc/messages.js';
import { modernVersions } from '../../rpc/versions.js';
import { defineRemoteCheck, failure, info, ok } from '../check.js';
import type { DoctorContext } from '../context.js';

const [VERSION = ''] = modernVersions;
/** Names nothing anywhere: what is asked is whether the headers agree with the body. */
const NOWHERE = 'mcp-calc-doctor://nothing';

/** Whether what stands between passes on the headers that repeat what the body says (2026-07-28, basic/transports/streamable-http). */
export const remoteHeaders = defineRemoteCheck({
  id: 'remote-headers',
  title: 'Mcp-* headers',
  after: 'remote-handshake',
  timeoutMs: 10_000,
  async run(url, context, signal) {
    const discovered = await ask(url, context, signal, 'server/discover', {});
    const read = isObject(discovered.result)
      ? await ask(url, context, signal, 'resources/read', { uri: NOWHERE }, { 'mcp-name': NOWHERE })
      : discovered;
    const error = isObject(read.error) ? read.error : {};
    if (error.code === RPC.headerMismatch)
      return [
        failure(
          String(error.message),
          'Let the gateway pass MCP-Protocol-Version, Mcp-Method, Mcp-Name and Mcp-Param-* on as they are.',
        ),
      ];
    if (!isObject(discovered.result)) return [info(`it does not speak revision ${VERSION}`)];
    return [ok(`revision ${VERSION} is spoken, and its headers arrive`)];
  },
});

async function ask(
  url: URL,
  { fetch, headers }: Pick<DoctorContext, 'fetch' | 'headers'>,
  signal: AbortSignal,
  method: string,
  params: object,
  named: Record<string, string> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const _meta = { [META.protocolVersion]: VERSION, [META.clientCapabilities]: {} };
  const own = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': VERSION,
    'mcp-method': method,
    ...named,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: method, method, params: { ...params, _meta } });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...own, ...headers },
    body,
    redirect: 'manual',
    signal,
  });
  return (await readJsonObject(answer)) ?? {};
}
