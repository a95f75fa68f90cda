import type { MessageBus, NodeMessage } from '../contract.js';
import type { Receivers } from '../receivers.js';
import type { Commands } from './commands.js';
import type { Heartbeat } from './heartbeat.js';
import type { Keys } from './keys.js';

const NODE_ID = /^[A-Za-z0-9]{1,64}$/;

export interface RedisMessageBusOptions {
  nodeId: string;
  commands: Commands;
  keys: Keys;
  receivers: Receivers;
  heartbeat: Heartbeat;
  cluster: boolean;
}

/** Messages over Redis pub/sub: a channel for each node and one for all. */
export function redisMessageBus({ nodeId, commands, keys, receivers, heartbeat, cluster }: RedisMessageBusOptions): MessageBus {
  const publish = async (channel: string, message: NodeMessage) =>
    Number(await commands.call('publish', channel, JSON.stringify({ from: nodeId, message })));
  const hasLease = async (id: string) => (await commands.call('exists', keys.lease(id))) === 1;

  return {
    nodeId,
    async send(to, message) {
      if (to === nodeId) {
        receivers.deliver(message);
        return true;
      }
      if (!NODE_ID.test(to)) return false;
      if ((await publish(keys.channel(to), message)) > 0) return true;
      // In a cluster the count is that of one server: the lease tells whether anybody listens at another.
      return cluster && hasLease(to);
    },
    async tellAll(message) {
      receivers.deliver(message);
      await publish(keys.all, message);
    },
    onMessage: (receive) => receivers.add(receive),
    async isAlive(id) {
      if (id === nodeId) return true;
      if (!NODE_ID.test(id)) return false;
      return (await hasLease(id)) || !heartbeat.leasesCount;
    },
    async close() {
      receivers.clear();
    },
  };
}
