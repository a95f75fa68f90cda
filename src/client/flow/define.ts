import type { HttpRequest } from '../http-request.js';

/** One request of a documented flow. */
export interface FlowStep {
  readonly title: string;
  /** What it is for, in one line. */
  readonly why: string;
  readonly request: HttpRequest;
  /** Whether the answer comes bit by bit, and should be shown so (`-N`). */
  readonly stream?: true;
  /** Milliseconds to wait before it. */
  readonly waitMs?: number;
  /** Whether what has come of a stream is all that a reader needs of it: one that never ends is left then. */
  isEnough?(text: string): boolean;
  /** The line for the shell, where it is not the plain one of the request. */
  readonly line?: string;
  /** What the reader should see of the answer; the body by default. */
  show?(answer: FlowAnswer): string;
  /** What later steps need of the answer. */
  keep?(answer: FlowAnswer): void;
}

export interface FlowAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The steps of a flow, made one by one: a step may need what the one before it brought. */
export type Flow = (endpoint: URL) => Iterable<FlowStep>;

/** The result in an answer: of JSON, or of the last event of a stream, which a call that takes long is answered with. */
export function resultIn<T extends object>({ body }: FlowAnswer): Partial<T> {
  const [json = '{}'] = body
    .split('\n')
    .filter((line) => /^(data: ?)?\{/.test(line))
    .slice(-1);
  return (JSON.parse(json.replace(/^data: ?/, '')) as { result?: T }).result ?? {};
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** A POST of one message, or of several, as the documents print it: without an Accept header. */
export function post(url: URL, message: unknown, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return { method: 'POST', url: url.href, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(message) };
}

export function get(url: URL, path: string): HttpRequest {
  return { method: 'GET', url: new URL(path, url).href, headers: {} };
}
