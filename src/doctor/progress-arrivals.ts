import type { DoctorContext } from './context.js';

export interface Arrivals {
  /** When each progress notification arrived, ms since the call was made. */
  readonly times: readonly number[];
  readonly totalMs: number;
}

/** The calculator's tool that does nothing but report progress. */
const TOOL = 'demo_progress';
const CALL_MS = 8_000;

/** Calls the progress demonstration; undefined where the server has no such tool. Rejects where it can't be called. */
export async function progressArrivals(
  url: URL,
  { headers }: Pick<DoctorContext, 'headers'>,
  steps: number,
  signal: AbortSignal,
): Promise<Arrivals | undefined> {
  const { connect } = await import('../client/connect.js');
  const target = { kind: 'http' as const, url, transport: 'auto' as const, headers };
  const connection = await connect(target, { timeoutMs: CALL_MS, signal, tasks: false });
  try {
    if (connection.client.getServerCapabilities()?.tools === undefined) return undefined;
    const { tools } = await connection.request((client, options) => client.listTools({}, options), { signal });
    if (!tools.some(({ name }) => name === TOOL)) return undefined;
    const times: number[] = [];
    const started = performance.now();
    await connection.request((client, options) => client.callTool({ name: TOOL, arguments: { steps } }, options), {
      signal,
      onProgress: () => void times.push(performance.now() - started),
    });
    return { times, totalMs: performance.now() - started };
  } finally {
    await connection.close();
  }
}
