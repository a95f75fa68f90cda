import { ClientError } from '../../client/errors.js';
import { defineRemoteCheck, failure, info, ok, warning } from '../check.js';
import type { Finding } from '../check.js';
import { hintOf, shakeHands, toolCount } from '../shake-hands.js';

const HANDSHAKE_MS = 10_000;
const SLOW_MS = 2_000;

export const remoteHandshake = defineRemoteCheck({
  id: 'remote-handshake',
  title: 'Handshake',
  after: 'remote-tls',
  timeoutMs: 15_000,
  async run(url, { headers }, signal) {
    try {
      const { server, protocol, tools, transport, ms } = await shakeHands(
        { kind: 'http', url, transport: 'auto', headers },
        { timeoutMs: HANDSHAKE_MS, signal },
      );
      const findings: Finding[] = [
        ok(`${server}: ${protocol === undefined ? '' : `protocol ${protocol}, `}${toolCount(tools)}, ${ms} ms`),
      ];
      if (transport === 'sse')
        findings.push(
          warning(
            'it speaks the legacy HTTP+SSE transport only, which clients give up',
            'Serve Streamable HTTP as well.',
          ),
        );
      if (ms > SLOW_MS)
        findings.push(
          warning(
            `the handshake took ${(ms / 1_000).toFixed(1)} s`,
            'Look for a cold start, or for a slow way to the server.',
          ),
        );
      return findings;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.reason === 'authentication' && !hasAuthorization(headers))
        return [info(error.message, `To go further: mcp-calc doctor --url ${url.href} --token <token>`)];
      return [
        failure(error.message, hintOf(error) ?? `See what passes: mcp-calc client info --url ${url.href} --trace`),
      ];
    }
  },
});

function hasAuthorization(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}
