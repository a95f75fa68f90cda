import { inBackground } from '../net/background.js';
import type { Logger } from '../log.js';
import { changeTold } from '../protocol/hosted/changes.js';
import { Listens } from '../protocol/modern/listen.js';
import type { Facts, Peer, Sink } from '../protocol/served.js';
import { META } from '../rpc/era.js';
import type { RpcNotification } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import type { ChangeFeed } from '../sessions/contract.js';
import type { Greeting } from './greet.js';
import { discover, greet, initialize } from './greet.js';
import { ListedTools } from './listed-tools.js';
import { LegacyForModern } from './legacy-for-modern.js';
import type { LiveServer } from './live-server.js';
import { ModernForLegacy } from './modern-for-legacy.js';
import type { ModernPool } from './modern-peer.js';
import { ModernPeer } from './modern-peer.js';
import type { ParkedCalls } from './parked.js';
import { Pins, placeOf } from './pins.js';
import type { Processes } from './processes.js';
import type { LiveSessions } from './sessions.js';
import { SharedPeer } from './shared-peer.js';
import { SharedServer } from './shared-server.js';
import { Watched } from './watched.js';

/** How often servers are looked at that nobody uses, and how long one of an owner lives unused where nothing else is said, ms. */
const SWEEP_MS = 5_000;
const UNUSED_MS = 600_000;
/** Characters of a server's key. */
const KEY_LENGTH = 36;

export interface PoolOptions {
  readonly processes: Processes;
  readonly nodeId: string;
  readonly parked: ParkedCalls;
  readonly sessions: LiveSessions;
  readonly changes: ChangeFeed;
  readonly share: boolean;
  readonly children: number;
  /** Whether several processes, on this node or others, serve the modern era. */
  readonly isSpread: boolean;
  /** What all nodes have in common that share the processes. */
  readonly secrets: () => Promise<readonly string[]>;
  readonly childStartMs: number;
  readonly childIdleMs: number;
  readonly logger: Logger;
}

/**
 * The servers that several clients share: those of the modern era, which know of no client; and of the legacy era one for each who has
 * signed in, or with `--share` one for all.
 */
export class Pools {
  private readonly legacy = new Map<string, SharedServer>();
  private readonly modern: SharedServer[] = [];
  private readonly watched: Watched;
  private readonly sweeping: ReturnType<typeof setInterval>;
  private readonly pool: ModernPool;
  private readonly side: ConstructorParameters<typeof LegacyForModern>[1];
  /** Of which eras the servers of this command are. */
  readonly speaks = { legacy: false, modern: false };

  constructor(private readonly options: PoolOptions) {
    const { changes, parked, sessions } = options;
    this.side = { audience: { changes, listens: new Listens() }, parked, sessions };
    this.sweeping = inBackground(setInterval(() => this.sweep(), SWEEP_MS));
    this.watched = new Watched((notification) => this.changed(notification));
    this.pool = {
      pick: this.pick,
      tools: new ListedTools(),
      audience: this.side.audience,
      isSpread: options.isSpread,
      nodeId: options.nodeId,
      sessions,
      pins: new Pins(options.secrets),
      watch: (uri) => this.watched.add(uri),
    };
  }

  /** Starts a first server and sees what it is. Resolves to what it says of itself; rejects with why it is none. */
  async try(): Promise<string> {
    const first = this.shared(greet);
    let greeting = await first.ready().then(
      ({ greeting }) => greeting,
      () => undefined,
    );
    await first.end();
    // Of the modern era it may be of the other one too; and some servers end at the first word that they don't know.
    const legacy = greeting?.era === 'legacy' ? greeting : await this.tryLegacy(greeting);
    greeting ??= legacy;
    this.speaks.modern = greeting?.era === 'modern';
    this.speaks.legacy = legacy !== undefined;
    if (this.speaks.modern)
      for (let count = 0; count < this.options.children; count += 1) this.modern.push(this.shared(this.greetModern));
    return introductionOf(greeting as Greeting);
  }

  openModern(facts: Facts, sink: Sink): Peer {
    if (this.speaks.modern) return new ModernPeer(this.pool, facts, sink, this.options.parked.questions);
    return new LegacyForModern(() => this.legacyOf(facts.owner), this.side, facts, sink);
  }

  openLegacy(facts: Facts, sink: Sink): Peer {
    const { changes, parked } = this.options;
    if (this.speaks.legacy)
      return new SharedPeer(() => this.legacyOf(facts.owner), changes, facts, sink, parked.questions);
    const { pick, watch } = this.pool;
    return new ModernForLegacy(pick, changes, watch, facts, sink, parked.questions);
  }

  close(): void {
    clearInterval(this.sweeping);
  }

  /** Undefined where a server that is known to be of the modern era is of that alone; rejects where it is of none. */
  private async tryLegacy(known: Greeting | undefined): Promise<Greeting | undefined> {
    const server = this.shared(initialize);
    try {
      return (await server.ready()).greeting;
    } catch (error) {
      if (known) return undefined;
      throw error;
    } finally {
      await server.end();
    }
  }

  /** The process of this name, where it is one of this node. */
  find(place: string): LiveServer | undefined {
    const key = place.slice(-KEY_LENGTH);
    if (place !== placeOf(this.options.nodeId, key)) return undefined;
    for (const server of this.modern) {
      const found = server.find(key);
      if (found) return found;
    }
    return undefined;
  }

  /** The server for clients of the legacy era, and for what they and others can't have alone. */
  private legacyOf(owner = ''): SharedServer {
    const key = this.options.share ? '' : owner;
    let found = this.legacy.get(key);
    if (!found) this.legacy.set(key, (found = this.shared(initialize)));
    return found;
  }

  /** Of the servers of the modern era the one that works on the fewest requests. */
  private readonly pick = (): SharedServer => {
    const [first, ...others] = this.modern;
    return others.reduce((least, each) => (each.load < least.load ? each : least), first as SharedServer);
  };

  private readonly greetModern = async (server: LiveServer): Promise<Greeting> => {
    const greeting = await discover(server);
    if (!greeting) throw new Error('The server speaks the modern era no longer');
    this.pool.tools.forget();
    this.watched.through(server, greeting.result.capabilities);
    return greeting;
  };

  private shared(how: (server: LiveServer) => Promise<Greeting>): SharedServer {
    const { processes, parked, childStartMs, logger } = this.options;
    return new SharedServer({
      begin: processes.begin,
      greet: how,
      startMs: childStartMs,
      questions: parked.questions,
      onChange: (notification) => this.changed(notification),
      onError: (err) => logger.warn({ err }, 'something could not be passed on between a client and its server'),
    });
  }

  private changed(notification: RpcNotification): void {
    const change = changeTold(notification);
    if (change?.kind === 'tools') this.pool.tools.forget();
    if (change) this.options.changes.publish(change);
  }

  /** Ends what nobody uses. The one that all share stays. */
  private sweep(): void {
    const since = performance.now() - (this.options.childIdleMs || UNUSED_MS);
    for (const [owner, server] of this.legacy) {
      if (this.options.share || server.load > 0 || server.lastUsed > since) continue;
      this.legacy.delete(owner);
      void server.end();
    }
  }
}

function introductionOf({ result: { serverInfo, _meta } }: Greeting): string {
  const info = isObject(serverInfo) ? serverInfo : isObject(_meta) ? _meta[META.serverInfo] : undefined;
  return isObject(info) ? `${String(info.name)} ${String(info.version)}` : 'a server without a name';
}
