import type { RpcNotification } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { ownEnvelope } from './greet.js';
import type { LiveServer } from './live-server.js';

/** Resources that clients of the legacy era are told of, and how long new ones are gathered, ms. */
const URIS_LIMIT = 200;
const GATHER_MS = 20;

/** What servers of the modern era are listened to for: for clients of the legacy era, which don't listen themselves. */
export class Watched {
  private readonly uris = new Set<string>();
  private readonly listening = new Map<LiveServer, { readonly capabilities: unknown; id?: number }>();
  private gathering: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (notification: RpcNotification) => void) {}

  /** Listens to a server until it ends. */
  through(server: LiveServer, capabilities: unknown): void {
    for (const known of this.listening.keys()) if (known.hasEnded) this.listening.delete(known);
    this.listening.set(server, { capabilities });
    this.listen(server);
  }

  add(uri: string): void {
    if (this.uris.has(uri) || this.uris.size >= URIS_LIMIT) return;
    this.uris.add(uri);
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      for (const server of this.listening.keys()) this.listen(server);
    }, GATHER_MS);
  }

  /** The new subscription begins before the old one ends. */
  private listen(server: LiveServer): void {
    const entry = this.listening.get(server);
    if (!entry) return;
    const lists = ['tools', 'prompts', 'resources'].filter((list) => {
      const declared = isObject(entry.capabilities) ? entry.capabilities[list] : undefined;
      return isObject(declared) && declared.listChanged === true;
    });
    if (lists.length === 0 && this.uris.size === 0) return;
    const notifications = {
      ...Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true])),
      ...(this.uris.size > 0 && { resourceSubscriptions: [...this.uris] }),
    };
    const before = entry.id;
    const params = { notifications, _meta: ownEnvelope() };
    entry.id = server.call(
      { jsonrpc: '2.0', id: 0, method: 'subscriptions/listen', params },
      {
        notify: async (notification) => this.tell(notification),
        ask: async () => undefined,
        heard: () => undefined,
        answer: () => undefined,
      },
    );
    if (before !== undefined) server.cancel(before);
  }
}
