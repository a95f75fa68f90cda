import { setTimeout as sleep } from 'node:timers/promises';
import { renderCurl, renderHeaders } from '../curl.js';
import type { FetchLike } from '@modelcontextprotocol/client';
import { redactUrl } from '../../text/secrets.js';
import { ClientError } from '../errors.js';
import { explain } from '../explain.js';
import type { Flow, FlowStep } from './define.js';

/** Characters of one answer that are shown. */
const SHOWN = 20_000;

export interface FlowCallbacks {
  /** What is done, the line for the shell, and what it is for. */
  onStep(title: string, line: string, why: string): void;
  /** What came back, as text; of a stream, each piece as it comes. */
  onAnswer(text: string): void;
}

export interface FlowOptions extends FlowCallbacks {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: FetchLike;
}

/** Walks a flow: each step's curl line, then the answer. Rejects with a {@link ClientError} at the first refusal. */
export async function walkFlow(flow: Flow, endpoint: URL, options: FlowOptions): Promise<void> {
  for (const step of flow(endpoint)) {
    options.onStep(step.title, withHeaders(step.line ?? lineOf(step), options.headers), step.why);
    try {
      await take(step, options);
    } catch (error) {
      if (options.signal.aborted) throw new ClientError('cancelled', 'Cancelled', { cause: error });
      throw explain(error, { target: { kind: 'http', url: endpoint, transport: 'http', headers: {} } });
    }
  }
}

/** Headers for every request come first: within `$(…)` the end of the line is not that of curl. */
function withHeaders(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const words = renderHeaders(headers);
  return words.length === 0 ? line : line.replace(/\bcurl (-\S+)/, (start) => [start, ...words].join(' '));
}

function lineOf({ request, stream, waitMs }: FlowStep): string {
  const line = `${waitMs === undefined ? '' : `sleep ${waitMs / 1_000}; `}${renderCurl(request)}`;
  return stream ? line.replace('-sS', '-sSN') : line;
}

async function take(
  step: FlowStep,
  { onAnswer, signal, timeoutMs, headers = {}, fetch: fetchFn = fetch }: FlowOptions,
): Promise<void> {
  const { request, waitMs } = step;
  if (waitMs !== undefined) await sleep(waitMs, undefined, { signal });
  const response = await fetchFn(request.url, {
    method: request.method,
    headers: { accept: '*/*', ...headers, ...request.headers },
    body: request.body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  let body = '';
  const decoder = new TextDecoder();
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    const text = decoder.decode(chunk, { stream: true });
    if (body.length < SHOWN && step.stream) onAnswer(text);
    body = (body + text).slice(0, SHOWN);
    if (step.isEnough?.(body)) break;
  }
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), body };
  step.keep?.(answer);
  if (!step.stream) onAnswer(step.show?.(answer) ?? (body || `HTTP ${response.status}`));
  if (!response.ok)
    throw new ClientError(
      'answer',
      `${request.method} ${redactUrl(request.url)} was answered with HTTP ${response.status}`,
      {
        hint: 'This server does not follow the flow. Another of stateful, stateless, modern, tasks, sse and stdio may fit.',
      },
    );
}
