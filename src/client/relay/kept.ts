import type { JSONRPCRequest } from '@modelcontextprotocol/client';

/** Subscriptions that are remembered, and characters of a URI. */
const SUBSCRIPTIONS = 1_000;
const URI_CHARACTERS = 8_192;

const KEPT: readonly string[] = ['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'];

type Wish = Pick<JSONRPCRequest, 'method' | 'params'>;

/** Whether a request asks for what outlives it. */
export function isKept({ method }: Wish): boolean {
  return KEPT.includes(method);
}

/** What the client has been granted for as long as its session lives, and wants of one that is opened in its place. */
export class Kept {
  private level: Wish | undefined;
  private readonly uris = new Set<string>();

  /** The server has granted this. */
  take({ method, params }: Wish): void {
    const uri = params?.uri;
    if (method === 'logging/setLevel') this.level = { method, params: { level: params?.level } };
    if (typeof uri !== 'string') return;
    if (method === 'resources/unsubscribe') this.uris.delete(uri);
    else if (this.uris.size < SUBSCRIPTIONS && uri.length <= URI_CHARACTERS) this.uris.add(uri);
  }

  /** Another session has been asked for, which begins with nothing. */
  clear(): void {
    this.level = undefined;
    this.uris.clear();
  }

  /** All that a new session has to be asked for. */
  wishes(): readonly Wish[] {
    const subscriptions = [...this.uris].map((uri) => ({ method: 'resources/subscribe', params: { uri } }));
    return this.level ? [this.level, ...subscriptions] : subscriptions;
  }
}
