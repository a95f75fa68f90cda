import { quote } from '../../text/harmless.js';
import { defineCheck, failure, ok } from '../check.js';
import type { Finding } from '../check.js';
import type { DoctorContext } from '../context.js';
import { runStdio } from '../run-stdio.js';
import { plainEnvironment } from '../start-server.js';
import { latestVersion } from '../../rpc/versions.js';

const INITIALIZE = {
  protocolVersion: latestVersion,
  capabilities: {},
  clientInfo: { name: 'mcp-calc-doctor', version: '1' },
};

/** A short conversation, with a line in it that is not JSON-RPC, and a call that logs. */
const CONVERSATION = [
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: INITIALIZE },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  'this is not JSON',
  { jsonrpc: '2.0', id: 2, method: 'tools/list' },
  { jsonrpc: '2.0', id: 3, method: 'no/such/method' },
].map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
const ANSWERED = [1, 2, 3];

const EXCESSIVE = { LOG_LEVEL: 'debug', LOG_FORMAT: 'pretty', DEBUG: '*', FORCE_COLOR: '1', NODE_ENV: 'development' };
const BROKEN = { LOG_LEVEL: 'loud', SAMPLE_TOOL_NAME: 'no spaces allowed', HISTORY_LIMIT: 'many' };
const ADVICE =
  'Look for what writes there: NODE_OPTIONS with --require or --import, or a module that calls console.log.';

/** The stdio transport: "The server MUST NOT write anything to its stdout that is not a valid MCP message." */
export const stdout = defineCheck({
  id: 'stdout',
  title: 'stdout',
  timeoutMs: 15_000,
  run: async (context, signal) => Promise.all([whileServing(context, signal), whenBroken(context, signal)]),
});

async function whileServing(context: DoctorContext, signal: AbortSignal): Promise<Finding> {
  const { stdout: written } = await runStdio(
    CONVERSATION,
    { ...plainEnvironment(context), ...EXCESSIVE },
    context,
    signal,
  );
  const lines = written.split('\n').filter((line) => line !== '');
  const stray = lines.find((line) => !isMessage(line));
  if (stray !== undefined)
    return failure(`the stdio server writes something else than JSON-RPC: ${quote(stray)}`, ADVICE);
  const answered = new Set(lines.map((line) => (JSON.parse(line) as { id?: unknown }).id));
  const missing = ANSWERED.filter((id) => !answered.has(id));
  if (missing.length > 0)
    return failure(
      `the stdio server left ${missing.length} of ${ANSWERED.length} requests without an answer`,
      'See what it says: LOG_LEVEL=debug mcp-calc client tools',
    );
  return ok('nothing but JSON-RPC, with the loudest log and rubbish as input');
}

async function whenBroken(context: DoctorContext, signal: AbortSignal): Promise<Finding> {
  const { code, stdout: written } = await runStdio(
    CONVERSATION,
    { ...plainEnvironment(context), ...BROKEN },
    context,
    signal,
  );
  if (written !== '')
    return failure(`with broken variables, the stdio server writes to stdout: ${quote(written)}`, ADVICE);
  if (code === 0)
    return failure(
      'with broken variables, the stdio server ends as if all were well',
      'Install it anew as you did, or in a clone run: npm ci',
    );
  return ok('nothing at all with broken variables, which it refuses');
}

function isMessage(line: string): boolean {
  try {
    const value = JSON.parse(line) as { jsonrpc?: unknown } | null;
    return value?.jsonrpc === '2.0';
  } catch {
    return false;
  }
}
