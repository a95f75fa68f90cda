import { connect } from '../connect.js';
import { curlScript } from '../curl-script.js';
import type { HttpRequest } from '../http-request.js';
import { callTool } from '../calls.js';
import type { FlowOptions } from './run.js';

/** The legacy transport: a stream brings the endpoint, requests are posted there, answers come on the stream. */
export async function walkSse(
  url: URL,
  { onAnswer, onStep, signal, timeoutMs, headers = {} }: FlowOptions,
): Promise<void> {
  const requests: HttpRequest[] = [];
  const received: string[] = [];
  const target = { kind: 'http' as const, url, transport: 'sse' as const, headers };
  const callbacks = {
    onRequest: (request: HttpRequest) => void requests.push(request),
    onTrace: (direction: 'sent' | 'received', message: unknown) =>
      void (direction === 'received' && received.push(JSON.stringify(message))),
  };
  const connection = await connect(target, { callbacks, signal, timeoutMs });
  try {
    await callTool(connection, { name: 'calculate' }, { a: 100, b: 50, op: 'add' }, { signal });
  } finally {
    await connection.close();
  }
  const [
    stream = '',
    wait = '',
    endpoint = '',
    initialize = '',
    initialized = '',
    notify = '',
    call = '',
    called = '',
    end = '',
  ] = curlScript('sse', requests);
  onStep(
    'Open the stream; its first event names the endpoint',
    [stream, wait, endpoint].join('\n'),
    'Requests and answers go separate ways: the stream brings all that the server says.',
  );
  onAnswer(
    `event: endpoint\ndata: ${new URL(requests[1]?.url ?? url).pathname}${new URL(requests[1]?.url ?? url).search}`,
  );
  onStep(
    'Shake hands; the answer comes on the stream',
    [initialize, initialized].join('\n'),
    'Both sides say which version they speak and what they can do.',
  );
  onAnswer(received[0] ?? '');
  onStep('Say that the handshake is done', notify, 'From now on the server may ask and tell by itself.');
  onAnswer('HTTP 202');
  onStep(
    'Call a tool',
    [call, called, end].join('\n'),
    'The POST is answered with 202 alone; ending the stream ends the session.',
  );
  onAnswer(received[1] ?? '');
}
