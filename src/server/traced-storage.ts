import type { MessageBus, NodeMessage, Storage } from '../sessions/contract.js';
import type { Carrier } from '../telemetry/api.js';
import type { Telemetry } from '../telemetry/contract.js';

/** The storage whose messages to other nodes say which trace they belong to. */
export function tracedStorage(storage: Storage, telemetry: Telemetry): Storage {
  return { ...storage, bus: tracedBus(storage.bus, telemetry) };
}

function tracedBus(bus: MessageBus, telemetry: Telemetry): MessageBus {
  const traced = (message: NodeMessage): NodeMessage => ({ ...message, trace: telemetry.carrier() });
  return {
    ...bus,
    send: (to, message) => bus.send(to, traced(message)),
    tellAll: (message) => bus.tellAll(traced(message)),
    onMessage: (receive) =>
      bus.onMessage((message) => {
        const { trace } = message;
        if (typeof trace !== 'object' || trace === null) return receive(message);
        telemetry.from(trace as Carrier, () => receive(message));
      }),
  };
}
