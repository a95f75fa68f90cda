import type { About, ShownSessions } from '../shown.js';
import { readEvents } from './mcp/events.js';

/** The browser's session at this page is over, or the server has another token. */
export class LockedError extends Error {
  readonly code = 'LOCKED';
}

const OWN = { 'x-mcp-calc-console': '1' };

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`/console/api/${path}`, { ...init, headers: { ...OWN, ...init.headers } });
  if (response.status === 401) throw new LockedError('This page is locked: open the address that the server printed');
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new Error(body.error?.message ?? `The server answered ${response.status}`);
  }
  return response;
}

export const about = async (): Promise<About> => (await ask('about')).json() as Promise<About>;

export const sessions = async (): Promise<ShownSessions> => (await ask('sessions')).json() as Promise<ShownSessions>;

export async function endSession(key: string): Promise<ShownSessions> {
  const response = await ask('sessions', { method: 'DELETE', body: JSON.stringify({ key }) });
  return response.json() as Promise<ShownSessions>;
}

/** What comes over the wire of the server, until the signal is aborted or the server ends it. */
export async function watchWire(
  signal: AbortSignal,
  hear: (event: 'watching' | 'entries' | 'dropped', data: unknown) => void,
): Promise<void> {
  for await (const { event, data } of readEvents(await ask('wire', { signal })))
    if (data) hear(event as 'entries', JSON.parse(data));
}
