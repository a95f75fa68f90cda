import { isObject } from '../rpc/messages.js';

/** More than any answer that is asked for here; the rest is not read. */
const LONGEST_ANSWER = 1_000_000;
/** How long an answer is waited for, ms. */
const ANSWER_MS = 5_000;

export interface GetOptions {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

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

/** The text of an answer, cut to a bound. */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (response.body === null) return text;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) break;
  }
  return text;
}

/** The JSON object of an answer; empty where it is none. */
export async function readJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return asObject(await readText(response));
}

/** The object that a text is; empty where it is none. */
function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
