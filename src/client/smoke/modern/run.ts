import { specTypeSchemas } from '@modelcontextprotocol/client';
import { META } from '../../../rpc/era.js';
import { RPC } from '../../../rpc/errors.js';
import { isObject } from '../../../rpc/messages.js';
import { listen } from '../../calls.js';
import { listResources } from '../../lists.js';
import { firstIssue } from '../check.js';
import type { SmokeContext, Verdict } from '../check.js';
import { Fault, Skip, Warning } from '../report.js';
import { checkEnvelope } from './envelope.js';
import { checkHeaders } from './headers.js';
import type { Flaw, Observed } from './observed.js';
import { requireRefusal } from './refusal.js';
import { Wire } from './wire.js';

const GROUP = 'modern';
const LISTS = [
  ['tools', 'tools/list', 'tools'],
  ['resources', 'resources/list', 'resources'],
  ['resources', 'resources/templates/list', 'resourceTemplates'],
  ['prompts', 'prompts/list', 'prompts'],
] as const;

/** Methods of earlier revisions (2026-07-28, "Key Changes", 5, and the resource subscriptions that `subscriptions/listen` replaces). */
const REMOVED = ['ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'];

/** What the modern era asks of every server (2026-07-28); the clauses stand beside the checks. */
export async function checkModern(context: SmokeContext, observed: Observed): Promise<void> {
  const { connection, recorder, extras } = context;
  if (connection.era !== 'modern') return;
  const wire = new Wire(connection, extras, observed);
  await recorder.check(GROUP, 'server/discover says what it speaks and offers', () => checkDiscover(context, wire));
  await recorder.check(GROUP, 'nothing is listed that is not declared', () => checkDeclared(context, wire));
  if (context.offers('tools'))
    await recorder.check(GROUP, 'tools/list: the same order each time', () => checkOrder(wire));
  await checkEnvelope(context, wire);
  if (wire.isHttp) await checkHeaders(context, wire);
  await checkMethods(context, wire);
  await recorder.check(GROUP, 'subscriptions/listen is acknowledged', () => checkListening(context), String);
  await checkObserved(context, observed);
}

/** Servers MUST implement it (server/discover), and its result has the shape of the schema. */
async function checkDiscover({ connection }: SmokeContext, wire: Wire): Promise<void> {
  const { result } = await wire.send('server/discover');
  if (result === undefined) throw new Fault('answered without a result');
  const { issues } = specTypeSchemas.DiscoverResult['~standard'].validate(result);
  if (issues !== undefined) throw new Fault(firstIssue(issues));
  const { supportedVersions } = result;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(connection.protocolVersion))
    throw new Fault(`supportedVersions has no ${connection.protocolVersion}, which it answers in`);
}

/** Servers that support a feature MUST declare its capability (server/tools, resources, prompts: "Capabilities"). */
async function checkDeclared({ offers }: SmokeContext, wire: Wire): Promise<void> {
  const undeclared: string[] = [];
  // All are asked for, declared or not: this group may run alone, and their stamps are looked at.
  for (const [capability, method, key] of LISTS) {
    const items = (await wire.send(method)).result?.[key];
    if (!offers(capability) && Array.isArray(items) && items.length > 0) undeclared.push(`${method}: ${items.length}`);
  }
  if (undeclared.length > 0) throw new Fault(`listed without a capability: ${undeclared.join(', ')}`);
}

/** It SHOULD be deterministic, for the caches of models (server/tools, "Capabilities"). */
async function checkOrder(wire: Wire): Promise<void> {
  const [first, second] = [await wire.send('tools/list'), await wire.send('tools/list')].map(({ result }) =>
    Array.isArray(result?.tools)
      ? result.tools.map((tool: unknown) => (isObject(tool) ? String(tool.name) : '')).join(', ')
      : undefined,
  );
  if (first !== second) throw new Warning('two answers have another order, or other tools');
}

/** A method that is not implemented MUST be -32601, over HTTP with 404 (basic/transports/streamable-http, "Protocol Version Header"). */
async function checkMethods({ recorder, offers }: SmokeContext, wire: Wire): Promise<void> {
  for (const method of ['no/such/method', ...REMOVED])
    await recorder.check(GROUP, `${method} is ${wire.isHttp ? '404 with ' : ''}-32601`, async () =>
      requireRefusal(await wire.send(method), RPC.methodNotFound, 404),
    );
  // SHOULD (server/utilities/logging, "Error Handling").
  if (offers('logging'))
    await recorder.check(GROUP, 'an unknown log level is -32602', async () => {
      const answer = await wire.send('tools/list', { _meta: { ...wire.envelope, [META.logLevel]: 'deafening' } });
      if (answer.error?.code !== RPC.invalidParams) throw new Warning('it is not refused');
    });
}

/** What a server says that it tells of, it tells: the acknowledgement MUST come first (basic/patterns/subscriptions, "Acknowledgment"). */
async function checkListening({ connection, extras }: SmokeContext): Promise<string> {
  const { tools, prompts, resources } = connection.client.getServerCapabilities() ?? {};
  const [resource] = resources?.subscribe ? await listResources(connection, extras) : [];
  if (!resource && !tools?.listChanged && !prompts?.listChanged && !resources?.listChanged)
    throw new Skip('the server tells of no changes');
  const watch = await listen(connection, resource ? [resource.uri] : [], { timeoutMs: extras.timeoutMs });
  await watch.close();
  return watch.told.join(', ');
}

/** What holds for all messages of the run. */
async function checkObserved({ recorder }: SmokeContext, observed: Observed): Promise<void> {
  const rules: readonly [name: string, flaw: Flaw, verdict: Verdict][] = [
    // Results MUST have one (basic, "ResultType").
    ['every result has a resultType', 'type', Fault],
    // SHOULD (basic, "Per-response protocol fields").
    ['every result says whose it is', 'server', Warning],
    // MUST (server/utilities/caching, "Cacheable Results" and "Time-to-Live (TTL) Field").
    ['cacheable results have ttlMs and cacheScope', 'cache', Fault],
    // MUST (server/utilities/caching, "Interaction with Pagination").
    ['one cacheScope for all pages of a list', 'scope', Fault],
    // MUST NOT (basic/transports/streamable-http, "Receiving Messages"; basic/transports/stdio, "Receiving Messages").
    ['no requests to the client', 'request', Fault],
    // MUST NOT where the request named no level (server/utilities/logging, "Per-request log level"): none of this run did.
    ['no log messages that nobody asked for', 'log', Fault],
    // MUST NOT (basic, "Error Codes"): -32002, -32042, and what the specification has reserved.
    ['no error codes that the revision forbids', 'code', Fault],
    // SHOULD NOT (basic, "Error Codes").
    ['no error codes from -32019 to -32000', 'oldCode', Warning],
  ];
  for (const [name, flaw, verdict] of rules)
    await recorder.check(
      GROUP,
      name,
      () => {
        const found = observed.first(flaw);
        if (found !== undefined) throw new verdict(found);
        return Promise.resolve(observed.results);
      },
      (results) => `in ${results} results`,
    );
}
