import type { Connection, RequestExtras } from '../connection.js';
import { describeTarget } from '../target.js';
import { ping } from '../calls.js';
import { expectError, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { checkModern } from './modern/run.js';
import { Observed } from './modern/observed.js';
import { checkExpectations } from './expect/check.js';
import type { Expectations } from './expect/expectations.js';
import { checkPromptErrors, checkPrompts } from './prompts.js';
import { Recorder } from './recorder.js';
import { Fault, Warning } from './report.js';
import type { SmokeReport, SmokeResult } from './report.js';
import { checkResourceErrors, checkResources } from './resources.js';
import { checkToolErrors, checkTools } from './tools.js';
import { checkUtilities } from './utilities/check.js';
import { checkCursor } from './walk.js';
import { RPC } from '../../rpc/errors.js';

/** The groups of checks, in their order. */
export const SMOKE_GROUPS = [
  'handshake',
  'tools',
  'resources',
  'prompts',
  'expect',
  'utilities',
  'cursors',
  'errors',
  'modern',
  'transport',
] as const;
export type SmokeGroup = (typeof SMOKE_GROUPS)[number];

export interface SmokeOptions {
  /** All of them where none is named. */
  readonly groups?: readonly SmokeGroup[];
  readonly allTools?: boolean;
  /** Makes failures of warnings. */
  readonly strict?: boolean;
  readonly extras?: RequestExtras;
  /** What the server must answer to some requests: the group `expect`. */
  readonly expectations?: Expectations;
  /** Names of checks, and of tools, that are left out. */
  readonly skip?: readonly string[];
  /** Names of checks that are known to fail. */
  readonly baseline?: readonly string[];
  /** Gets the names in `skip` and `baseline` that were never met. */
  onUnmet?(names: readonly string[]): void;
  onResult?(result: SmokeResult): void;
}

const CHECKS: Readonly<Record<SmokeGroup, (context: SmokeContext, observed: Observed) => Promise<void>>> = {
  handshake: checkHandshake,
  tools: checkTools,
  resources: checkResources,
  prompts: checkPrompts,
  expect: checkExpectations,
  utilities: checkUtilities,
  cursors: checkCursors,
  errors: checkErrors,
  modern: checkModern,
  transport: checkTransport,
};

/** Exercises everything that a server offers, one request at a time. A run that is cancelled fails, with what was found until then. */
export async function smoke(
  connection: Connection,
  { groups = SMOKE_GROUPS, extras = {}, ...options }: SmokeOptions = {},
): Promise<SmokeReport> {
  const { allTools = false, strict = false, expectations = {}, skip, baseline, onResult } = options;
  let over = false;
  if (connection.transport === 'stdio') void connection.closed.then(() => (over = true));
  const signal = extras.signal ?? new AbortController().signal;
  const recorder = new Recorder({ signal, isOver: () => over, strict, skip, baseline, onResult });
  const capabilities: Readonly<Record<string, unknown>> = connection.client.getServerCapabilities() ?? {};
  const context: SmokeContext = {
    connection,
    recorder,
    extras,
    allTools,
    expectations,
    answers: [],
    offers: (capability) => capabilities[capability] !== undefined,
  };
  const observed = new Observed();
  const stop = connection.observe(observed.listen);
  try {
    for (const group of SMOKE_GROUPS.filter((one) => groups.includes(one))) await CHECKS[group](context, observed);
    requireSuccess(context);
    recorder.settleBaseline();
    options.onUnmet?.(recorder.unmet());
  } catch (error) {
    if (!signal.aborted) throw error;
    recorder.fail('run', 'all is tried', 'the run was cancelled');
  } finally {
    stop();
  }
  return recorder.report(describeTarget(connection.target));
}

/** A server whose every call fails may be as broken as it can be, and each of these calls has passed. */
function requireSuccess({ recorder, answers }: SmokeContext): void {
  if (answers.length > 0 && !answers.includes(true))
    recorder.fail(
      'tools',
      'some call succeeds',
      `isError is in every one of ${answers.length} answers: the arguments were made up, and --expect names better ones`,
    );
}

/** Both sides MUST shake hands as the schema has it, and in the legacy era a ping MUST be answered (ping, "Behavior Requirements"). */
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
    ['resources', 'resources/templates/list'],
    ['prompts', 'prompts/list'],
  ] as const) {
    if (context.offers(capability)) await checkCursor(context, 'cursors', method);
  }
}

/**
 * A method that is not there is -32601 (JSON-RPC 2.0, 5.1), which the modern era says once more with a MUST. In the legacy era another
 * code is a warning: the SDK for Python answers -32602.
 */
async function checkErrors(context: SmokeContext): Promise<void> {
  const { connection, recorder, extras } = context;
  await recorder.check('errors', 'an unknown method is -32601', () =>
    expectError(
      RPC.methodNotFound,
      () => rawRequest(connection, 'no/such/method', {}, extras),
      (result) => (result === undefined && connection.era === 'legacy' ? Warning : Fault),
    ),
  );
  await checkToolErrors(context);
  await checkResourceErrors(context);
  await checkPromptErrors(context);
}

const CLEAN_STDOUT = 'nothing but JSON-RPC on stdout';

/** A server MUST NOT write anything to its stdout that is not a message (transports, "stdio"). The last: it tells of the whole run. */
async function checkTransport({ connection, recorder }: SmokeContext): Promise<void> {
  if (connection.transport !== 'stdio') return;
  const { stray } = connection;
  if (stray === undefined) await recorder.check('transport', CLEAN_STDOUT, () => Promise.resolve());
  else recorder.fail('transport', CLEAN_STDOUT, stray);
}
