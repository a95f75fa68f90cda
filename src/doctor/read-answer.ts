/** More than any answer that is asked for here; the rest is not read. */
const LONGEST_ANSWER = 1_000_000;

/** The text of an answer, cut to a bound. */
export async function readText(response: Response, limit = LONGEST_ANSWER): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (response.body === null) return text;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > limit) break;
  }
  return text;
}

/** The JSON object of an answer; empty where it is none. */
export async function readJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return asObject(await readText(response));
}

/** The object that a text is; empty where it is none. */
export function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
