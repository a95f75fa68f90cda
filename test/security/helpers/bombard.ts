import { request as open } from 'node:http';
import type { Agent } from 'node:http';
import type { SpawnedServer } from '../../helpers/spawn-server.js';
import type { FuzzedRequest } from './requests.js';

/** No request may take longer, ms. */
const ANSWER_MS = 5_000;
/** How long a stream is listened to that says nothing, ms. */
const STREAM_MS = 20;
/** A small heap, so that what leaks shows. */
export const NODE_OPTIONS = '--max-old-space-size=96 --max-semi-space-size=2';

/** What no answer may hold: stacks, files, the names of classes, and a bug that was caught. */
export const LEAK =
  /\n\s+at |node:|file:\/\/|\/(?:home|usr|var|tmp)\/|node_modules|\bdist\/|\.[cm]?[jt]s:\d|\b(?:Type|Reference|Range|Syntax|Zod|Rpc|Http|McpE|Reply|JOSE|JWT|Store\w*|Session\w*)Error\b|"code":-32603|\[object /;

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Sends one request on a kept connection; of a stream, the beginning is answer enough. */
export function send(
  server: SpawnedServer,
  agent: Agent,
  { method, path, headers, body }: FuzzedRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // By itself, Node frames no body of a GET.
    const framed = {
      Host: 'localhost',
      ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
      ...headers,
    };
    const outgoing = open(
      { agent, host: '127.0.0.1', port: server.port, method, path, headers: framed },
      (response) => {
        const { statusCode: status = 0, headers: fields } = response;
        let text = '';
        const done = () => {
          clearTimeout(timer);
          resolve({ status, retryAfter: fields['retry-after'], body: text });
        };
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', done).once('error', done);
        if (fields['content-type'] === 'text/event-stream') {
          response.once('close', done).once('data', () => outgoing.destroy());
          setTimeout(() => outgoing.destroy(), STREAM_MS);
        }
      },
    );
    const timer = setTimeout(() => outgoing.destroy(new Error('no answer')), ANSWER_MS);
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // The server may close a connection whose request it refuses to read; a socket that it let go is no answer either.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        resolve({ status: 0, retryAfter: undefined, body: '' });
      else reject(error);
    });
    outgoing.end(body);
  });
}

/** The growth of a line through the samples, from the first to the last. */
export function growth(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2;
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const slope =
    samples.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) /
    samples.reduce((sum, _value, at) => sum + (at - middle) ** 2, 0);
  return slope * (samples.length - 1);
}

export async function rss({ origin }: SpawnedServer): Promise<number> {
  const { memory } = (await (await fetch(`${origin}/health`)).json()) as { memory: { rss: number } };
  return memory.rss;
}
