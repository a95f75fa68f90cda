import { notUtf8, readElsewhere, tooLarge, unsupportedEncoding } from '../../http/body-errors.js';
import { ClientGoneError } from '../../http/errors.js';
import type { Incoming } from '../../http/message.js';
import type { Refusal } from '../../http/reasons.js';
import type { RequestAuth } from '../../http/request.js';
import type { Bodies } from '../read-request.js';

/** A web request in the form that transports read. */
export class FetchRequest implements Incoming {
  readonly method: string;
  readonly headers: Record<string, string>;
  /** The path and the query: the form that most requests have on the wire. */
  readonly url: string;
  readonly requestId = crypto.randomUUID();
  /** What nobody has read is dropped by who has brought it. */
  readonly complete = true;
  auth?: RequestAuth;
  logFields?: Record<string, unknown>;
  refusal?: Refusal;

  constructor(readonly request: Request) {
    const { host, pathname, search } = new URL(request.url);
    this.method = request.method;
    this.headers = { host, ...Object.fromEntries(request.headers) };
    this.url = pathname + search;
  }

  get socket(): { readonly destroyed: boolean } {
    return { destroyed: this.request.signal.aborted };
  }
}

/** How the body of a {@link FetchRequest} is had. */
export const fetchBodies = {
  parsed({ request }: FetchRequest): undefined {
    if (request.bodyUsed) throw readElsewhere();
  },

  async read({ request, headers }: FetchRequest, limit: number): Promise<string> {
    const { signal } = request;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== '' && encoding !== 'identity') throw unsupportedEncoding();
    if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let text = '';
    let size = 0;
    const reader = request.body?.getReader();
    // A body may not end although nobody is there any more who sends it.
    const letGo = () => void reader?.cancel().catch(() => undefined);
    signal.addEventListener('abort', letGo, { once: true });
    while (reader && !signal.aborted) {
      const { done, value } = await reader.read().catch(gone);
      if (done) break;
      size += value.byteLength;
      if (size > limit) {
        letGo();
        throw tooLarge(limit);
      }
      text += decode(() => decoder.decode(value, { stream: true }));
    }
    signal.removeEventListener('abort', letGo);
    if (signal.aborted) {
      letGo();
      throw new ClientGoneError();
    }
    return text + decode(() => decoder.decode());
  },
} as Bodies;

function gone(error: unknown): never {
  throw new ClientGoneError(error);
}

function decode(run: () => string): string {
  try {
    return run();
  } catch {
    throw notUtf8();
  }
}
