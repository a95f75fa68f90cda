import { readJsonObject } from '../net/body.js';

/** How long an answer is waited for, ms. */
const ANSWER_MS = 5_000;

export interface GetOptions {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** The JSON object at an address; undefined where there is none, or nobody. Sends no credentials. */
export async function getObject(
  url: URL,
  { fetch, signal }: GetOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const value = await readJsonObject(response);
    return response.ok && value !== undefined && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
