import { asObject, readText } from './read-answer.js';

export interface GetOptions {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

const ANSWER_MS = 5_000;

/** The JSON object at an address; undefined where there is none, or nobody. Sends no credentials. */
export async function getObject(url: URL, { fetch, signal }: GetOptions): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    const value = asObject(await readText(response));
    return response.ok && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
