import { defineRemoteCheck, info, ok, warning } from '../check.js';
import type { Finding } from '../check.js';
import { progressArrivals } from '../progress-arrivals.js';
import { standaloneStream } from '../standalone-stream.js';

/** Steps of the demonstration, which the server makes about 200 ms apart. */
const STEPS = 4;
/** Steps that arrive within this time of each other were kept somewhere, ms. */
const LUMP_MS = 100;
const ADVICE =
  'Let the proxy pass streams on: proxy_buffering off (nginx), flushpackets=on (Apache), or the header X-Accel-Buffering: no';

/** Whether what stands between passes events on as they come. */
export const remoteStream = defineRemoteCheck({
  id: 'remote-stream',
  title: 'Streaming',
  after: 'remote-handshake',
  timeoutMs: 20_000,
  async run(url, context, signal) {
    const arrivals = await progressArrivals(url, context, STEPS, signal).catch(() => undefined);
    if (arrivals !== undefined) return [judgeArrivals(arrivals)];
    const stream = await standaloneStream(url, context, signal);
    switch (stream.kind) {
      case 'event':
        return [ok(`a stream's first event arrives after ${stream.ms} ms`)];
      case 'silent':
        return [info(`a stream opens after ${stream.ms} ms; no event came to show whether a proxy keeps them back`)];
      case 'none':
        return [info(`nothing to measure: ${stream.reason}`)];
      case 'withheld':
        return [warning(`a stream does not open within ${stream.ms / 1_000} s: a proxy seems to keep it back`, ADVICE)];
    }
  },
});

function judgeArrivals({ times, totalMs }: { times: readonly number[]; totalMs: number }): Finding {
  const spread = Math.round((times.at(-1) ?? 0) - (times[0] ?? 0));
  if (times.length < 2)
    return warning(`of ${STEPS} progress notifications, ${times.length === 0 ? 'none' : 'one'} arrived`, ADVICE);
  if (spread < LUMP_MS)
    return warning(
      `all events of a call arrive at once, at its end (${Math.round(totalMs)} ms): a proxy keeps them back`,
      ADVICE,
    );
  return ok(`events arrive as they are sent: ${times.length} over ${spread} ms`);
}
