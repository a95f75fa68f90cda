// Preloaded into the servers of a soak: says, when asked, what is held once the garbage is collected.
process.on('message', () => {
  for (let times = 0; times < 3; times++) globalThis.gc();
  setTimeout(() => {
    globalThis.gc();
    process.send?.({ heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo() });
  }, SETTLE_MS);
});
process.channel?.unref();

/** Finalizers run after the collection that found their object. */
const SETTLE_MS = 300;
