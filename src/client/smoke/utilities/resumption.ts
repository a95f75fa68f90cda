import { isObject } from '../../../rpc/messages.js';
import type { SmokeContext } from '../check.js';
import { eventsIn } from '../events.js';
import { Warning } from '../report.js';

/** Bytes of a stream that are read for its first id, or for the answer. */
const STREAM_BYTES = 1_000_000;
const ID = 'smoke-resumption';

/** A stream that was left after its first event id. */
interface BrokenStream {
  readonly lastEventId: string;
  /** Whether the answer had come by then: nothing more is owed. */
  readonly answered: boolean;
}

/**
 * A server that gives its events ids lets a client come back for what it has missed (2025-11-25, basic/transports, "Resumability and
 * Redelivery"): one that does not is a warning, since it only MAY. One without ids offers nothing, and is not asked.
 */
export async function checkResumption(context: SmokeContext): Promise<void> {
  const { connection, recorder } = context;
  if (connection.fetch === undefined) return;
  // One that answers with JSON may have a stream for who takes nothing else.
  const left =
    (await breakStream(context, 'application/json, text/event-stream').catch(() => undefined)) ??
    (await breakStream(context, 'text/event-stream').catch(() => undefined));
  if (left === undefined) return;
  await recorder.check('utilities', 'a broken stream is resumed', async () => {
    const response = await send(context, {
      method: 'GET',
      headers: { accept: 'text/event-stream', 'last-event-id': left.lastEventId },
    });
    if (!isStream(response)) {
      await response.body?.cancel();
      throw new Warning(`its events have ids, and GET with Last-Event-ID is answered with ${response.status}`);
    }
    if (left.answered) return response.body?.cancel();
    for await (const { data } of eventsIn(response.body, STREAM_BYTES)) if (isAnswer(data)) return undefined;
    throw new Warning('the stream that goes on after Last-Event-ID does not bring the answer');
  });
}

async function breakStream(context: SmokeContext, accept: string): Promise<BrokenStream | undefined> {
  const response = await send(context, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: ID, method: 'ping' }),
  });
  if (!isStream(response)) {
    await response.body?.cancel();
    return undefined;
  }
  for await (const { id, data } of eventsIn(response.body, STREAM_BYTES))
    if (id !== '') return { lastEventId: id, answered: isAnswer(data) };
  return undefined;
}

function send(
  { connection, extras }: SmokeContext,
  init: { method: string; headers: Record<string, string>; body?: string },
) {
  const { target, fetch, client, protocolVersion = '' } = connection;
  if (target.kind !== 'http' || fetch === undefined) throw new TypeError('There are no streams over stdio');
  const { sessionId } = client.transport ?? {};
  const headers = {
    ...target.headers,
    ...init.headers,
    'mcp-protocol-version': protocolVersion,
    ...(sessionId !== undefined && { 'mcp-session-id': sessionId }),
  };
  const limit = AbortSignal.timeout(connection.timeoutMs);
  const signal = extras.signal === undefined ? limit : AbortSignal.any([limit, extras.signal]);
  return fetch(target.url, { ...init, headers, signal });
}

function isStream({ status, headers }: Response): boolean {
  return status === 200 && headers.get('content-type')?.startsWith('text/event-stream') === true;
}

function isAnswer(data: string): boolean {
  try {
    const message: unknown = JSON.parse(data);
    return isObject(message) && message.id === ID;
  } catch {
    return false;
  }
}
