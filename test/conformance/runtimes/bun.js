/* global Bun */
import { handler } from './handler.js';

// Without `idleTimeout: 0` Bun would cut off a stream that is silent for ten seconds.
const { url } = Bun.serve({ hostname: '127.0.0.1', port: 0, idleTimeout: 0, fetch: (request) => handler(request) });
console.log(url.origin);
