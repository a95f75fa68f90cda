import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { within } from '../net/time-limit.js';
import { isObject, parseJson } from '../rpc/messages.js';
import { RPC, RpcError } from '../rpc/errors.js';
import { CallLimit } from '../protocol/call-limit.js';
import type { Facts, Served } from '../protocol/served.js';
import { assumedVersion } from '../rpc/versions.js';
import type { Storage } from '../sessions/contract.js';
import type { Telemetry } from '../telemetry/contract.js';
import { Connection } from './connection.js';
import { LINE_LIMIT, readLines, TOO_LONG } from '../net/lines.js';
import { stoppedError } from './refusals.js';
import { endedFields } from './request-fields.js';
import { Turns } from './turns.js';

/** How long calls in flight may go on after the input has ended, ms. */
export const GRACE_MS = 800;

export interface StdioOptions {
  readonly served: Served;
  readonly storage: Storage;
  readonly input: Readable;
  readonly output: Writable;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Absent where nobody asked for traces. */
  readonly telemetry?: Telemetry;
  /** For how long a request may be worked on, ms; 0 for no limit. */
  readonly callTimeoutMs: number;
  /** Resolves when the process is told to stop: no request is taken any more, and what ends those in flight still is. */
  readonly stop: Promise<unknown>;
}

/**
 * The stdio transport (basic/transports, "stdio"): a message a line, and nothing else on the output. Resolves when the
 * input has ended and the calls in flight are answered, or their grace is over; also when nobody reads the output any more.
 */
export async function serveStdio(options: StdioOptions): Promise<void> {
  const { served, storage, input, output, logger, metrics, telemetry, callTimeoutMs, stop } = options;
  const id = randomUUID();
  const began = performance.now();
  await storage.sessions.create({ id, initialize: '{}', protocolVersion: assumedVersion });
  metrics.sessionCreated();
  const facts: Facts = {
    storage,
    transport: 'stdio',
    requestId: id,
    headers: () => ({}),
    protocolVersion: assumedVersion,
    logger,
  };
  const write = async (text: string) => {
    if (!output.write(`${text}\n`)) await once(output, 'drain');
  };
  const connection = new Connection({
    served,
    facts,
    metrics,
    telemetry,
    strict: false,
    limit: new CallLimit(callTimeoutMs),
    modern: true,
    turns: new Turns(),
    load: () => storage.sessions.touch(id),
    write,
    // Written as well where it fails: then nobody reads any more.
    flushed: () => new Promise((resolve) => output.write('', () => resolve())),
    observer: (ended) => logger.debug(endedFields(ended), 'request'),
  });
  await connection.ready();
  const unread = once(output, 'error').then(() => input.destroy());
  unread.catch(() => undefined);
  const stopped = stop.then(async () => {
    connection.refuseRequests(stoppedError());
    connection.drain();
    await within(connection.idle(), GRACE_MS, () => undefined);
    input.destroy();
  });
  stopped.catch(() => undefined);

  try {
    await handleAll(connection, served, input, output);
    connection.drain();
    await within(connection.idle(), GRACE_MS, () => undefined);
  } finally {
    metrics.sessionEnded('disconnected', (performance.now() - began) / 1_000);
    await connection.close();
  }
}

/** Resolves at the end of the input, also where it was cut off: this process should stop, or nobody reads the output. */
async function handleAll(connection: Connection, served: Served, input: Readable, output: Writable): Promise<void> {
  try {
    for await (const line of readLines(input, LINE_LIMIT)) {
      await handle(connection, served, line);
      // Who does not read what is answered is not read either: else every answer would have to be kept.
      if (output.writableNeedDrain) await drained(output, input);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** Resolves when there is room in the output, or when there will be none any more, or nothing to answer. */
function drained(output: Writable, input: Readable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      output.off('drain', done).off('error', done).off('close', done);
      input.off('close', done);
      resolve();
    };
    output.once('drain', done).once('error', done).once('close', done);
    input.once('close', done);
  });
}

async function handle(connection: Connection, served: Served, line: string | typeof TOO_LONG): Promise<void> {
  let body: unknown;
  try {
    if (line === TOO_LONG)
      throw new RpcError(RPC.refused, `A line is longer than the limit of ${LINE_LIMIT} characters`);
    body = parseJson(line);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return connection.refuse(error, null);
  }
  // A host waits for the greeting before it shows anything, so that one is answered first.
  if (served.load && !isGreeting(body)) await served.load();
  await connection.receive(body);
}

/** What is answered without what a server contains: hosts open with it, and some give up quickly. */
function isGreeting(body: unknown): boolean {
  return isObject(body) && (body.method === 'initialize' || body.method === 'server/discover');
}
