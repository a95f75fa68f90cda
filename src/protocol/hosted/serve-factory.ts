import { supportedVersions } from '../../rpc/versions.js';
import { readEnvelope, unservedVersion } from '../modern/envelope.js';
import type { Served } from '../served.js';
import { HostedPeer } from './legacy-peer.js';
import type { ConnectableServer } from './sdk-server.js';
import { requireConnectable } from './sdk-server.js';

/** Makes a new server at every call: an SDK server serves one transport in its life. */
export type ServerFactory = () => ConnectableServer | Promise<ConnectableServer>;

/** Serves what a function makes, anew for every exchange. Rejects with a TypeError when it makes no SDK server. */
export async function serveFactory(factory: ServerFactory): Promise<Served> {
  requireConnectable(await factory());
  return {
    eras: ['legacy'],
    admit(request) {
      const { protocolVersion } = readEnvelope(request);
      throw unservedVersion(
        protocolVersion,
        supportedVersions,
        ': this server is made by an SDK that speaks older ones only',
      );
    },
    requiredScopes: () => [],
    async open(facts, sink) {
      const server = await factory();
      requireConnectable(server);
      const peer = new HostedPeer(facts, sink);
      await peer.connect(server);
      return peer;
    },
  };
}
