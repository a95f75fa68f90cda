import type { RedisConfig } from '../config/index.js';
import { withDeadline } from '../net/time-limit.js';
import { clientMakers } from '../sessions/redis/client.js';

/** Sends one command and resolves to its reply. */
export type RedisCall = (command: string, ...args: string[]) => Promise<unknown>;

/** How long one command may take, and the first one with its connection, ms. */
const COMMAND_MS = 2_000;

/**
 * Connects with ioredis, which is loaded here, for as long as `use` runs. Rejects with the first error of the connection:
 * a doctor does not wait for a server to come back.
 */
export async function withRedis<T>(
  target: RedisConfig,
  signal: AbortSignal,
  use: (call: RedisCall) => Promise<T>,
): Promise<T> {
  const makers = await clientMakers(target);
  const client = makers.commands();
  let broken: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (broken = reject));
  client.on('error', (error) => broken(error));
  const stop = (): void => broken(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  const call: RedisCall = (command, ...args) =>
    withDeadline(
      client.call(command, args),
      COMMAND_MS,
      `no reply to ${command.toUpperCase()} within ${COMMAND_MS / 1_000} s`,
    );
  try {
    return await Promise.race([use(call), failed]);
  } finally {
    signal.removeEventListener('abort', stop);
    failed.catch(() => undefined);
    client.disconnect();
  }
}
