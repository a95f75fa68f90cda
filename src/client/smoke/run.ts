import type { Connection, RequestExtras } from '../connection.js';
import { describeTarget } from '../target.js';
import { ping } from '../calls.js';
import { expectError, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { checkPromptErrors, checkPrompts } from './prompts.js';
import { Recorder } from './report.js';
import type { SmokeReport, SmokeResult } from './report.js';
import { checkResourceErrors, checkResources } from './resources.js';
import { checkToolErrors, checkTools } from './tools.js';
import { checkCursor } from './walk.js';
import { RPC } from '../../rpc/errors.js';

/** The groups of checks, in their order. */
export const SMOKE_GROUPS = ['handshake', 'tools', 'resources', 'prompts', 'cursors', 'errors'] as const;
export type SmokeGroup = (typeof SMOKE_GROUPS)[number];

export interface SmokeOptions {
  /** All of them where none is named. */
  readonly groups?: readonly SmokeGroup[];
  readonly allTools?: boolean;
  readonly extras?: RequestExtras;
  onResult?(result: SmokeResult): void;
}

const CHECKS: Readonly<Record<SmokeGroup, (context: SmokeContext) => Promise<void>>> = {
  handshake: checkHandshake,
  tools: checkTools,
  resources: checkResources,
  prompts: checkPrompts,
  cursors: checkCursors,
  errors: checkErrors,
};

/** Exercises everything that a server offers, one request at a time. Rejects only when it is cancelled. */
export async function smoke(
  connection: Connection,
  { groups = SMOKE_GROUPS, allTools = false, extras = {}, onResult }: SmokeOptions = {},
): Promise<SmokeReport> {
  let over = false;
  if (connection.transport === 'stdio') void connection.closed.then(() => (over = true));
  const recorder = new Recorder(extras.signal ?? new AbortController().signal, () => over, onResult);
  const capabilities: Readonly<Record<string, unknown>> = connection.client.getServerCapabilities() ?? {};
  const context: SmokeContext = {
    connection,
    recorder,
    extras,
    allTools,
    offers: (capability) => capabilities[capability] !== undefined,
  };
  for (const group of SMOKE_GROUPS.filter((one) => groups.includes(one))) await CHECKS[group](context);
  return recorder.report(describeTarget(connection.target));
}

async function checkHandshake({ connection, recorder, extras }: SmokeContext): Promise<void> {
  await recorder.check(
    'handshake',
    connection.era === 'modern' ? 'server/discover' : 'initialize',
    () => Promise.resolve(connection.client.getServerVersion()),
    (server) => `${server?.name} ${server?.version}, protocol ${connection.protocolVersion}`,
  );
  if (connection.era === 'legacy') await recorder.check('handshake', 'ping', () => ping(connection, extras));
}

async function checkCursors(context: SmokeContext): Promise<void> {
  for (const [capability, method] of [
    ['tools', 'tools/list'],
    ['resources', 'resources/list'],
    ['prompts', 'prompts/list'],
  ] as const) {
    if (context.offers(capability)) await checkCursor(context, 'cursors', method);
  }
}

async function checkErrors(context: SmokeContext): Promise<void> {
  const { connection, recorder, extras } = context;
  await recorder.check('errors', 'an unknown method is -32601', () =>
    expectError([RPC.methodNotFound], () => rawRequest(connection, 'no/such/method', {}, extras)),
  );
  await checkToolErrors(context);
  await checkResourceErrors(context);
  await checkPromptErrors(context);
}
