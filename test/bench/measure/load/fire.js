import { clearImmediate, setImmediate } from 'node:timers';
import autocannon from 'autocannon';
import { post } from '../../workloads/headers.js';

const SAMPLE_MS = 100;

/**
 * Has this process look for answers without ever sleeping, until the function that it returns is called. Who writes to a
 * process that sleeps pays for waking it, on a virtual machine more than for the writing; and only a load that has caught up with
 * its server sleeps, so that a slower server would pay more for each answer than a fast one.
 */
function stayAwake() {
  let next = setImmediate(function look() {
    next = setImmediate(look);
  });
  return () => clearImmediate(next);
}

/**
 * Sends one request over and over for some seconds. Connections take the sessions in turn, one each; with `rotate` every
 * request takes the next one. Rejects when any answer is not 2xx: a fast refusal is no result.
 */
export async function fire({ url, body, connections, seconds, headers, sessions = [], rotate = false }) {
  let next = 0;
  const inTurn = () => post(sessions[next++ % sessions.length], headers);
  const rest = stayAwake();
  try {
    return read(
      await autocannon({
        url,
        connections,
        duration: seconds,
        sampleInt: SAMPLE_MS,
        method: 'POST',
        headers: post(undefined, headers),
        body,
        ...(sessions.length > 0 && !rotate && { setupClient: (client) => client.setHeaders(inTurn()) }),
        ...(rotate && { requests: [{ setupRequest: (request) => ({ ...request, headers: inTurn() }) }] }),
      }),
    );
  } finally {
    rest();
  }
}

/** What was counted. */
function read(result) {
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0)
    throw new Error(`${failed} of ${result.requests.total} requests failed: ${JSON.stringify(result.statusCodeStats)}`);
  return { requests: result['2xx'], seconds: result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}
