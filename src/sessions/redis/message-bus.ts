import type { MessageBus, NodeMessage } from '../contract.js';
import { StoreUnavailableError } from '../errors.js';
import type { Receivers } from '../receivers.js';
import { type Commands, script } from './commands.js';
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

/**
 * KEYS: lease of the receiver, or a key that stands for all. ARGV: channel, message, whether Redis is a cluster.
 * Answers whether anybody may have heard. By way of a key all messages to one receiver take one way through a cluster,
 * which keeps their order; there the count is that of one server, so the lease tells whether anybody listens elsewhere.
 */
const PUBLISH = script(`
local heard = redis.call('PUBLISH', ARGV[1], ARGV[2])
if heard == 0 and ARGV[3] == '1' then return redis.call('EXISTS', KEYS[1]) end
return heard`);

/** Messages over Redis pub/sub: a channel for each node and one for all. */
export function redisMessageBus({
  nodeId,
  commands,
  keys,
  receivers,
  heartbeat,
  cluster,
}: RedisMessageBusOptions): MessageBus {
  const publish = async (key: string, channel: string, message: NodeMessage) =>
    Number(await commands.run(PUBLISH, [key], [channel, JSON.stringify({ from: nodeId, message }), cluster ? 1 : 0]));

  return {
    nodeId,
    async send(to, message) {
      if (to === nodeId) {
        receivers.deliver(message);
        return true;
      }
      if (!NODE_ID.test(to)) return false;
      if ((await publish(keys.lease(to), keys.channel(to), message)) > 0) return true;
      // After a failover it may be on its way to the Redis that is written to now.
      if (!heartbeat.leasesCount) throw new StoreUnavailableError(new Error(`Node ${to} does not listen yet`));
      return false;
    },
    async tellAll(message) {
      receivers.deliver(message);
      await publish(keys.all, keys.all, message);
    },
    onMessage: (receive) => receivers.add(receive),
    async isAlive(id) {
      if (id === nodeId) return true;
      if (!NODE_ID.test(id)) return false;
      return (await commands.call('exists', keys.lease(id))) === 1 || !heartbeat.leasesCount;
    },
    async close() {
      receivers.clear();
    },
  };
}
