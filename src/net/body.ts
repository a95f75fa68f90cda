/** The body is larger than its reader is willing to hold. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
  constructor(readonly limit: number) {
    super(`The answer is larger than ${limit} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * Reads a body (of a fetch response or of a Node message) as UTF-8, at most `limit` bytes.
 * Rejects with BodyTooLargeError; leaving the loop early ends the stream behind it.
 */
export async function readBounded(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > limit) throw new BodyTooLargeError(limit);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** More than any probe or metadata document needs, bytes. */
const LONGEST_OBJECT = 1_000_000;

/** The JSON object that a response holds; undefined where it holds none, or a longer one. Rejects when the connection breaks. */
export async function readJsonObject(response: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(response.body === null ? '' : await readBounded(response.body, LONGEST_OBJECT));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BodyTooLargeError) return undefined;
    throw error;
  }
}
