import { ProtocolError, isSpecType } from '@modelcontextprotocol/client';
import type {
  Client,
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  CreateMessageResultWithTools,
  ElicitRequestParams,
  ElicitResult,
  LoggingMessageNotification,
} from '@modelcontextprotocol/client';
import { TASKS } from '../rpc/era.js';
import { RPC } from '../rpc/errors.js';
import { quote } from '../text/harmless.js';
import { ClientError, REJECTED_BY_USER } from './errors.js';
import type { HttpAnswer, HttpRequest } from './http-request.js';
import { QUESTIONS_AT_ONCE } from './questions.js';
import type { TraceListener } from './trace.js';

/** What a server may ask of its client, and what it may tell. Everything is optional. */
export interface Callbacks {
  /** Answers a question of the server. Without it, questions are cancelled. */
  elicit?(question: ElicitRequestParams, signal: AbortSignal): Promise<ElicitResult>;
  /** Answers in place of a model. Without it, the server is told that sampling was rejected. */
  sample?(
    request: CreateMessageRequestParams,
    signal: AbortSignal,
  ): Promise<CreateMessageResult | CreateMessageResultWithTools>;
  onLog?(message: LoggingMessageNotification['params']): void;
  /** Something has changed: the method of the notification, and its parameters. */
  onChange?(method: string, params: Readonly<Record<string, unknown>>): void;
  /** Something that a person should know and that is no result. */
  onNotice?(text: string): void;
  onTrace?: TraceListener;
  /** Every HTTP request, before it is sent. */
  onRequest?(request: HttpRequest): void;
  /** Every HTTP answer, as soon as its headers are there; of an error with the beginning of its body. */
  onAnswer?(answer: HttpAnswer): void;
  /** What a stream of the server holds beside messages: a line with an id, `retry`, the name of an event or a comment, and its end. */
  onStreamLine?(line: string): void;
  /** What a stdio server writes to stderr. */
  onStderr?(text: string): void;
}

/** A question that the SDK does not hand over: of a task of the modern era. */
export interface Question {
  readonly method: string;
  readonly params?: unknown;
}

/** Answers a question as the handlers of {@link handleServer} do. Rejects where it is none that a client answers. */
export async function answerQuestion(
  question: Question,
  callbacks: Callbacks,
  roots: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  if (question.method === 'roots/list') return { roots: roots.map((uri) => ({ uri })) };
  if (isSpecType.ElicitRequest(question)) {
    const answer = (await callbacks.elicit?.(question.params, signal)) ?? { action: 'cancel' };
    if (answer.action !== 'accept' || !('requestedSchema' in question.params)) return answer;
    return { ...answer, content: { ...defaultsOf(question.params.requestedSchema.properties), ...answer.content } };
  }
  if (isSpecType.CreateMessageRequest(question) && callbacks.sample !== undefined)
    return callbacks.sample(question.params, signal);
  throw new ClientError('answer', `The server asks what this client does not answer: ${quote(question.method)}`);
}

function defaultsOf(properties: Readonly<Record<string, object>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, field]) => ('default' in field ? [[name, field.default]] : [])),
  );
}

/** What the client declares: defaults of a form are filled in where an answer leaves them out (SEP-1034). */
export function capabilitiesFor(roots: readonly string[], tasks: boolean): ClientCapabilities {
  return {
    elicitation: { form: { applyDefaults: true }, url: {} },
    sampling: {},
    ...(tasks && { extensions: { [TASKS]: {} } }),
    ...(roots.length > 0 && { roots: { listChanged: false } }),
  };
}

/**
 * Connects the requests and notifications of the server with the callbacks. In the modern era the questions come in an
 * `input_required` result: the SDK has the same handlers answer them, and makes the request again with what they say.
 */
export function handleServer(client: Client, callbacks: Callbacks, roots: readonly string[]): void {
  let open = 0;
  const bounded = async <T>(answer: () => Promise<T>): Promise<T> => {
    if (open >= QUESTIONS_AT_ONCE) throw new ProtocolError(RPC.internalError, 'Too many questions at once');
    open++;
    return answer().finally(() => void open--);
  };
  client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq: { signal } }) => {
    const { elicit } = callbacks;
    return elicit === undefined ? { action: 'cancel' as const } : bounded(() => elicit(params, signal));
  });
  client.setRequestHandler('sampling/createMessage', async ({ params }, { mcpReq: { signal } }) => {
    const { sample } = callbacks;
    if (sample === undefined) throw new ProtocolError(REJECTED_BY_USER, 'User rejected sampling request');
    return bounded(() => sample(params, signal));
  });
  if (roots.length > 0) client.setRequestHandler('roots/list', () => ({ roots: roots.map((uri) => ({ uri })) }));
  client.setNotificationHandler('notifications/message', ({ params }) => callbacks.onLog?.(params));
  client.fallbackNotificationHandler = ({ method, params }) => {
    callbacks.onChange?.(method, params ?? {});
    return Promise.resolve();
  };
}
