import type { Target } from '../../client/target.js';
import { defineCheck, failure, ok, reasonOf } from '../check.js';
import type { Finding } from '../check.js';
import type { DoctorContext } from '../context.js';
import { hintOf, shakeHands, toolCount } from '../shake-hands.js';
import { plainEnvironment, startServer } from '../start-server.js';

const HANDSHAKE_MS = 15_000;

/** Each way to serve: what it is called, and how it is reached. */
const WAYS: readonly [name: string, target: (context: DoctorContext, signal: AbortSignal) => Promise<Target>][] = [
  [
    'stdio',
    async (context) => ({
      kind: 'stdio',
      command: context.self.command,
      args: [...context.self.args, 'stdio'],
      env: plainEnvironment(context),
    }),
  ],
  ['sse', async (context, signal) => http('sse', await startServer(['sse'], context, signal))],
  [
    'http --stateful',
    async (context, signal) => http('http', await startServer(['http', '--stateful'], context, signal)),
  ],
  [
    'http --stateless',
    async (context, signal) => http('http', await startServer(['http', '--stateless'], context, signal)),
  ],
];

export const handshake = defineCheck({
  id: 'handshake',
  title: 'Handshake',
  timeoutMs: 25_000,
  run: (context, signal) =>
    Promise.all(WAYS.map(([name, target]) => attempt(name, () => target(context, signal), signal))),
});

function http(transport: 'http' | 'sse', url: URL): Target {
  return { kind: 'http', url, transport, headers: {} };
}

async function attempt(name: string, target: () => Promise<Target>, signal: AbortSignal): Promise<Finding> {
  try {
    const { protocol, tools, ms } = await shakeHands(await target(), { timeoutMs: HANDSHAKE_MS, signal });
    if (tools === undefined || tools.length === 0)
      return failure(`${name}: this program offers no tools`, 'Install it anew as you did, or in a clone run: npm ci');
    return ok(`${name}: ${protocol === undefined ? '' : `protocol ${protocol}, `}${toolCount(tools)}, ${ms} ms`);
  } catch (error) {
    const hint = hintOf(error);
    return failure(
      `${name}: ${error instanceof Error ? error.message : reasonOf(error)}${hint === undefined ? '' : ` (${hint})`}`,
      `See what it says by itself: mcp-calc ${name} --log-level debug`,
    );
  }
}
