import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { LINE_LIMIT, readLines, TOO_LONG } from '../../net/lines.js';
import { within } from '../../net/time-limit.js';
import { RPC, RpcError, errorAnswer } from '../../rpc/errors.js';
import { idOf, isNotification, isRequest, parseJson, readMessages } from '../../rpc/messages.js';
import type { RpcMessage } from '../../rpc/messages.js';
import { Remote, WAITING_REQUESTS } from './remote.js';
import type { RemoteOptions } from './remote.js';

/** Bytes for the host that it has not read; beyond, it is taken for gone. */
const UNREAD_BYTES = 64_000_000;
/** How long requests may still be answered after the input has ended, ms. */
const GRACE_MS = 5_000;

/** How long what comes after a notification waits for it, ms. */
const NOTIFICATION_MS = 1_000;
/** How long the host may be kept waiting for the server to take what is on its way, ms; what is too much then is refused. */
const PATIENCE_MS = 2_000;
/** How long the last answers may take to be written, ms: nobody may read them. */
const FLUSH_MS = 500;

/** The host does not read what it is sent. */
export class UnreadOutputError extends Error {
  readonly code = 'UNREAD_OUTPUT';
  constructor() {
    super('The host does not read what it is sent');
    this.name = 'UnreadOutputError';
  }
}

export interface RelayOptions extends Omit<RemoteOptions, 'deliver'> {
  readonly input: Readable;
  readonly output: Writable;
  /** Resolves when the process is told to stop. */
  readonly stop: Promise<unknown>;
}

/**
 * Serves one client over a pipe with the server at an address: every message passes, both ways and in both eras, and nothing else comes
 * on the output. Resolves when the input has ended and what was asked is answered, or when the process is told to stop. Rejects
 * with a `ClientError` where the server can't be reached at all, after the client was told.
 */
export async function relay({ input, output, stop, ...options }: RelayOptions): Promise<void> {
  const write = (message: unknown): void => {
    // One more is always taken, however large.
    if (output.writableLength > UNREAD_BYTES) return onFailure(new UnreadOutputError());
    output.write(`${JSON.stringify(message)}\n`);
  };
  const remote = new Remote({ ...options, deliver: write });
  let fatal: unknown;
  const onFailure = (error: unknown): void => {
    fatal ??= error;
    input.destroy();
  };
  output.once('error', () => input.destroy());
  void stop.then(() => input.destroy());
  let greeted: Promise<void> = Promise.resolve();
  const onTheirWay = new Set<Promise<void>>();
  const send = (message: JSONRPCMessage): Promise<void> => {
    const isGreeting = 'method' in message && message.method === 'initialize';
    // What comes after a greeting belongs to its session.
    const sent = (isGreeting ? remote.send(message) : greeted.then(() => remote.send(message))).catch(onFailure);
    if (isGreeting) greeted = sent;
    const left = sent.finally(() => onTheirWay.delete(left));
    onTheirWay.add(left);
    return left;
  };
  let isStuck = false;
  try {
    for await (const line of readLines(input, LINE_LIMIT)) {
      for (const message of read(line, write)) {
        if (onTheirWay.size >= WAITING_REQUESTS && !isStuck)
          isStuck = await within(
            Promise.race([...onTheirWay, stop]).then(() => false),
            PATIENCE_MS,
            () => true,
          );
        isStuck &&= onTheirWay.size >= WAITING_REQUESTS;
        if (isStuck) {
          if (isRequest(message)) remote.refuse(message.id);
          continue;
        }
        const sent = send(message as JSONRPCMessage);
        // What comes after a notification has been told of it.
        if (isNotification(message)) await within(sent, NOTIFICATION_MS, () => undefined);
      }
      if (output.writableNeedDrain)
        await Promise.race([once(output, 'drain'), once(input, 'close')]).catch(() => undefined);
    }
    const answered = Promise.all(onTheirWay).then(() => remote.idle());
    await within(Promise.race([answered, stop]), GRACE_MS, () => undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    await remote.close();
    // What waited for a greeting is answered as well.
    await within(Promise.all(onTheirWay), FLUSH_MS, () => undefined);
    if (output.writableLength > 0 && !output.destroyed)
      await within(once(output, 'drain'), FLUSH_MS, () => undefined).catch(() => undefined);
  }
  if (fatal !== undefined) throw fatal as Error;
}

/** The messages of a line; what is none is answered at once. */
function read(line: string | typeof TOO_LONG, write: (message: unknown) => void): readonly RpcMessage[] {
  let body: unknown;
  try {
    if (line === TOO_LONG) throw new RpcError(RPC.refused, `A line is longer than ${LINE_LIMIT} characters`);
    body = parseJson(line);
    return readMessages(body).messages;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    write(errorAnswer(idOf(body), error));
    return [];
  }
}
