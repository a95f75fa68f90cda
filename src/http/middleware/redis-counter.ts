import type { Options, Store } from 'express-rate-limit';
import { RedisStore } from 'rate-limit-redis';
import type { RedisReply } from 'rate-limit-redis';

/** What is needed of an ioredis client. */
export interface RedisCommands {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** How long a request waits for its count; it passes uncounted when Redis takes longer. */
const COUNT_WAIT_MS = 500;

/**
 * Counts in Redis, for all nodes together. rate-limit-redis keeps the outcome of loading its script, a failure too, for
 * good; so a store that failed is made anew, or one outage would turn the limit off until the process ends.
 */
export function redisCounter(redis: RedisCommands, prefix: string): Store {
  let options: Options;
  let ready: Promise<RedisStore> | undefined;

  function connected(): Promise<RedisStore> {
    return (ready ??= open());
  }

  async function open(): Promise<RedisStore> {
    const sendCommand = (command: string, ...args: string[]) => redis.call(command, ...args) as Promise<RedisReply>;
    const store = new RedisStore({ sendCommand, prefix });
    await store.init(options);
    return store;
  }

  async function counted<T>(act: (store: RedisStore) => Promise<T>): Promise<T> {
    const store = connected();
    try {
      return await inTime(store.then(act));
    } catch (error) {
      if (ready === store) ready = undefined;
      throw error;
    }
  }

  return {
    prefix,
    init: (given) => {
      options = given;
    },
    get: (key) => counted((store) => store.get(key)),
    increment: (key) => counted((store) => store.increment(key)),
    decrement: (key) => counted((store) => store.decrement(key)),
    resetKey: (key) => counted((store) => store.resetKey(key)),
  };
}

function inTime<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Redis did not count the request within ${COUNT_WAIT_MS} ms`)), COUNT_WAIT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
