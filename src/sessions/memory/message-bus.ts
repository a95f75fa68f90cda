import type { Logger } from '../../log.js';
import type { MessageBus } from '../contract.js';
import { newNodeId } from '../node-id.js';
import { Receivers } from '../receivers.js';

/** The bus of the only node there is. */
export function memoryMessageBus(logger?: Logger): MessageBus {
  const nodeId = newNodeId();
  const receivers = new Receivers(logger);
  return {
    nodeId,
    async send(to, message) {
      if (to !== nodeId) return false;
      receivers.deliver(message);
      return true;
    },
    async tellAll(message) {
      receivers.deliver(message);
    },
    onMessage: (receive) => receivers.add(receive),
    async isAlive(id) {
      return id === nodeId;
    },
    async close() {
      receivers.clear();
    },
  };
}
