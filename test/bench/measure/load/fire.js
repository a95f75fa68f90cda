import autocannon from 'autocannon';
import { post } from '../../workloads/headers.js';

const SAMPLE_MS = 100;

/**
 * Sends one request over and over for some seconds. Connections take the sessions in turn, one each; with `rotate` every
 * request takes the next one. Rejects when any answer is not 2xx: a fast refusal is no result.
 */
export async function fire({ url, body, connections, seconds, headers, sessions = [], rotate = false }) {
  let next = 0;
  const inTurn = () => post(sessions[next++ % sessions.length], headers);
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    sampleInt: SAMPLE_MS,
    method: 'POST',
    headers: post(undefined, headers),
    body,
    ...(sessions.length > 0 && !rotate && { setupClient: (client) => client.setHeaders(inTurn()) }),
    ...(rotate && { requests: [{ setupRequest: (request) => ({ ...request, headers: inTurn() }) }] }),
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0)
    throw new Error(`${failed} of ${result.requests.total} requests failed: ${JSON.stringify(result.statusCodeStats)}`);
  return { requests: result['2xx'], seconds: result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}
