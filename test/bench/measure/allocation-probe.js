// Preloaded into a server whose garbage is measured: counts on demand what is allocated, as `HeapProfiler.startSampling` samples it.
// It keeps the process from nothing.
import { Session } from 'node:inspector/promises';

/** Bytes between two samples. */
const INTERVAL = 16_384;

const session = new Session();
session.connect();
process.on('message', async ({ count }) => {
  if (count) {
    await session.post('HeapProfiler.startSampling', { samplingInterval: INTERVAL, ...count });
    process.send?.({ bytes: 0 });
  } else {
    // What lies dead in the young generation would count as what outlives it.
    globalThis.gc({ type: 'minor' });
    const { profile } = await session.post('HeapProfiler.stopSampling');
    process.send?.({ bytes: profile.samples.reduce((sum, { size }) => sum + size, 0) });
  }
});
process.channel?.unref();
