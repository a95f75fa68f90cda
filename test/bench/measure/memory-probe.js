// Preloaded into the servers whose memory is measured: collects garbage when it is asked to, so that only what is
// held is counted. It keeps the process from nothing.
process.on('message', () => {
  for (let times = 0; times < 3; times++) globalThis.gc();
  setTimeout(() => process.send?.({ heapUsed: process.memoryUsage().heapUsed }), SETTLE_MS).unref();
});
process.channel?.unref();

/** V8 gives pages back on another thread. */
const SETTLE_MS = 300;
