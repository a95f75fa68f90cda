import { expect } from 'vitest';
import { dataOf } from './event-reader.js';
import { eventually } from './eventually.js';
import { MODERN } from './modern.js';

export interface Heard {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
}

export interface Listening {
  /** All messages so far; grows. */
  readonly heard: readonly Heard[];
  /** Resolves when the answer has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens a subscription; resolves when it is acknowledged. */
export async function listen(
  url: string,
  notifications: object,
  _meta: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Listening> {
  const hangUp = new AbortController();
  const method = 'subscriptions/listen';
  const answer = await fetch(url, {
    method: 'POST',
    signal: hangUp.signal,
    headers: { 'Content-Type': 'application/json', 'MCP-Protocol-Version': MODERN, 'Mcp-Method': method, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'l', method, params: { notifications, _meta } }),
  });
  const heard: Heard[] = [];
  const ended = read(answer, heard).catch((error: unknown) => {
    if (!hangUp.signal.aborted) throw error;
  });
  await eventually(() => expect(heard[0]?.method).toBe('notifications/subscriptions/acknowledged'));
  return { heard, ended, close: () => hangUp.abort() };
}

async function read(answer: Response, heard: Heard[]): Promise<void> {
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = dataOf(event);
      if (data) heard.push(JSON.parse(data) as Heard);
    }
  }
}
