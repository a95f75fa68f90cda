import { META } from '../../rpc/era.js';
import { modernVersions } from '../../rpc/versions.js';
import type { HttpRequest } from '../http-request.js';
import { post, resultIn } from './define.js';
import type { Flow } from './define.js';

const [VERSION = ''] = modernVersions;
const QUESTION = { name: 'solve_math_problem', arguments: { problem: 'What is the area of a rectangle?' } };
/** The answers to the form's fields, all of them numbers. */
const SIDE = 3;

/** What every request says of its client, because nothing is remembered (2026-07-28, basic, "_meta"). */
export function envelopeOf(capabilities: object): object {
  return {
    [META.protocolVersion]: VERSION,
    [META.clientInfo]: { name: 'curl', version: '1' },
    [META.clientCapabilities]: capabilities,
  };
}

/** Makes requests of the modern era, numbered from 1; `name` is what the request is about, for its header. */
export function modernRequests(endpoint: URL, envelope: object) {
  let id = 0;
  return (method: string, params: object = {}, name?: string): HttpRequest =>
    post(
      endpoint,
      { jsonrpc: '2.0', id: ++id, method, params: { ...params, _meta: envelope } },
      { 'mcp-protocol-version': VERSION, 'mcp-method': method, ...(name !== undefined && { 'mcp-name': name }) },
    );
}

/** The modern era: no handshake and no session. Discovery, a list, a call, a question in two rounds, and changes as they come. */
export const modern: Flow = function* (endpoint) {
  const request = modernRequests(endpoint, envelopeOf({ elicitation: { form: {} } }));
  yield {
    title: 'What does the server speak and offer?',
    why: 'In place of a handshake: nothing is agreed on, and nothing remembered.',
    request: request('server/discover'),
  };
  yield {
    title: 'What tools are there?',
    why: 'Every request says itself, in `_meta`, which version it speaks and what its client can do.',
    request: request('tools/list'),
  };
  const call = { name: 'calculate', arguments: { a: 100, b: 50, op: 'add' } };
  yield {
    title: 'Call a tool',
    why: 'The headers repeat the method and the name, for proxies that read no bodies.',
    request: request('tools/call', call, call.name),
  };
  let asked: Asked = {};
  yield {
    title: 'Call one that has a question: the result asks it',
    why: 'The server never asks by itself: it answers what it needs to know, with its state sealed.',
    request: request('tools/call', QUESTION, QUESTION.name),
    keep: (answer) => void (asked = resultIn<Asked>(answer)),
  };
  yield {
    title: 'Call it again with the answer, and with the state that came with the question',
    why: 'Any node can go on from there, because the client brings all that is needed.',
    request: request('tools/call', { ...QUESTION, ...answersTo(asked) }, QUESTION.name),
  };
  yield {
    title: 'Listen for changes: the first message says of which; Ctrl-C ends it',
    why: 'One request whose answer is a stream, in place of subscriptions and of a stream beside the calls.',
    request: request('subscriptions/listen', { notifications: { resourceSubscriptions: ['calculator://stats'] } }),
    stream: true,
    isEnough: (text) => text.includes('subscriptions/acknowledged'),
  };
};

interface Asked {
  readonly inputRequests?: Readonly<
    Record<string, { params?: { requestedSchema?: { properties?: Readonly<Record<string, unknown>> } } }>
  >;
  readonly requestState?: string;
}

function answersTo({ inputRequests = {}, requestState }: Asked): object {
  const inputResponses = Object.fromEntries(
    Object.entries(inputRequests).map(([key, { params }]) => {
      const fields = Object.keys(params?.requestedSchema?.properties ?? {});
      return [key, { action: 'accept', content: Object.fromEntries(fields.map((field) => [field, SIDE])) }];
    }),
  );
  return { inputResponses, ...(requestState !== undefined && { requestState }) };
}
