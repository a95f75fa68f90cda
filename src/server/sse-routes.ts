import type { Route } from '../http/app.js';
import type { SseTransport } from '../transports/sse.js';

/** The legacy endpoints; both names of the second are in use among clients and guides. */
export function sseRoutes({ handleStream, handleMessage }: SseTransport): Route[] {
  return [
    { path: '/sse', handle: handleStream, secured: true },
    { path: '/messages', handle: handleMessage, secured: true },
    { path: '/message', handle: handleMessage, secured: true },
  ];
}
