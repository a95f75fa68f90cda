import type { Target } from '../../client/target.js';
import { defineCheck, failure, info, ok, reasonOf } from '../check.js';
import type { Finding } from '../check.js';
import type { DoctorContext } from '../context.js';
import { findCommand } from '../find-command.js';
import { hintOf, shakeHands, toolCount } from '../shake-hands.js';
import { plainEnvironment, startServer } from '../start-server.js';

/** `npx` may have to fetch the package first: what ends it before is the check's own bound, which `--timeout` sets. */
const HANDSHAKE_MS = 300_000;

/** The command after `--`: whether it is there, is a server by itself, and is one behind `mcp-calc http -- …`. */
export const command = defineCheck({
  id: 'command',
  title: 'Command',
  timeoutMs: 30_000,
  applies: ({ served = [] }) => served.length > 0,
  async run(context, signal) {
    const [name = '', ...args] = context.served ?? [];
    if ((await findCommand(name, context, context.cwd)) === undefined)
      return [failure(`there is no command "${name}"`, 'Install it, or give its whole path.')];
    const env = plainEnvironment(context);
    const alone = await attempt('by itself', async () => ({ kind: 'stdio', command: name, args, env }), signal);
    if (alone.level === 'failure')
      return [alone, info('not looked at behind mcp-calc http --: it does not answer by itself')];
    const served = await attempt('behind mcp-calc http --', () => behind(context, signal), signal);
    return [alone, served];
  },
});

async function behind(context: DoctorContext, signal: AbortSignal): Promise<Target> {
  const url = await startServer(['http', '--stateful'], context, signal, context.served);
  return { kind: 'http', url, transport: 'http', headers: {} };
}

async function attempt(way: string, target: () => Promise<Target>, signal: AbortSignal): Promise<Finding> {
  try {
    const { server, protocol, tools, ms } = await shakeHands(await target(), { timeoutMs: HANDSHAKE_MS, signal });
    return ok(
      `${way}: ${server}, ${protocol === undefined ? '' : `protocol ${protocol}, `}${toolCount(tools)}, ${ms} ms`,
    );
  } catch (error) {
    return failure(
      `${way}: ${error instanceof Error ? error.message : reasonOf(error)}`,
      hintOf(error) ?? 'Start it by hand, and look at what it writes to stderr.',
    );
  }
}
