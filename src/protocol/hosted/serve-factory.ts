import type { Era } from '../../rpc/era.js';
import { supportedVersions } from '../../rpc/versions.js';
import type { ChangeFeed } from '../../sessions/contract.js';
import { admitted } from '../modern/admission.js';
import { readEnvelope, unservedVersion } from '../modern/envelope.js';
import { Listens } from '../modern/listen.js';
import type { Served } from '../served.js';
import { listsIn } from '../served.js';
import { HostedPeer } from './legacy-peer.js';
import type { SdkCopy } from './modern-host.js';
import { ModernHost } from './modern-host.js';
import type { ServerFactory } from './sdk-server.js';
import { capabilitiesOf, contextOf, declaringChanges, requireConnectable, speaksBothEras } from './sdk-server.js';

export interface HostOptions {
  /** Which generations of the protocol are asked for; both where it is absent. */
  readonly eras?: readonly Era[];
  /** Forgives a legacy `MCP-Protocol-Version` over a modern envelope. */
  readonly lenientHeaders?: boolean;
  /** Whether what is served may be replaced while clients are connected: its lists may change then, and are declared to. */
  readonly isReplaceable?: boolean;
  /** Tells of changes over all nodes; absent where nobody could listen. */
  readonly changes?: ChangeFeed;
  /** Finds the copy of the SDK that made a server. Rejects with an error that says in one line what to install. */
  readonly loadSdk: (server: object) => Promise<SdkCopy>;
}

/**
 * Serves what a function makes. A server of the SDK's first generation speaks the legacy era: one is made for every exchange, and
 * brought to where the session is. One of the second generation does so too, and speaks the modern era by the author's own copy of the
 * SDK. Rejects with a TypeError for a function that makes no SDK server, or none of an era that is asked for.
 */
export async function serveFactory(make: ServerFactory, options: HostOptions): Promise<Served> {
  const { eras = ['legacy', 'modern'], lenientHeaders = false, isReplaceable = false, changes, loadSdk } = options;
  const factory = isReplaceable ? declaringChanges(make) : make;
  const first = await factory({ era: eras.includes('modern') ? 'modern' : 'legacy' });
  requireConnectable(first);
  const isOfBoth = speaksBothEras(first);
  if (!isOfBoth && !eras.includes('legacy'))
    throw new TypeError('it makes servers of the MCP SDK 1.x, which speak the legacy era only');
  const hosting = { factory, audience: { changes, listens: new Listens() } };
  const modern = isOfBoth && eras.includes('modern') ? new ModernHost(await loadSdk(first), hosting) : undefined;
  return {
    eras: isOfBoth ? eras : ['legacy'],
    lists: listsIn(capabilitiesOf(first)),
    admit(request, headers) {
      if (modern) return admitted(request, headers, lenientHeaders);
      const { protocolVersion } = readEnvelope(request);
      const why = isOfBoth
        ? 'this server speaks older ones only'
        : 'this server is made with the MCP SDK 1.x, which speaks older ones only';
      throw unservedVersion(protocolVersion, supportedVersions, `: ${why}`);
    },
    requiredScopes: () => [],
    async open(facts, sink) {
      if (facts.envelope && modern) return modern.open(facts, sink);
      const server = await (isOfBoth ? factory(contextOf(facts, 'legacy')) : (factory as () => typeof first)());
      requireConnectable(server);
      const peer = new HostedPeer(facts, sink, { changes, isOfBoth, onEnd: () => modern?.end(sink) });
      await peer.connect(server);
      return peer;
    },
  };
}
