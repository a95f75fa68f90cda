import { createHash } from 'node:crypto';
import { StoreUnavailableError } from '../errors.js';
import { type RedisClient, withoutCommand } from './client.js';
import { DeadlineError, withDeadline } from '../../net/time-limit.js';
import { kindOf } from './failures.js';
import type { FailureKind } from './options.js';
import { ReplaceableClient } from './replaceable-client.js';
import { COMMAND_TIMEOUT_MS } from './timing.js';

/** A Lua script, sent by its digest; Redis learns the text the first time, and again after a restart. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

type Argument = string | number;

/**
 * The connection for commands. Every failure is a {@link StoreUnavailableError}. Without a connection a command fails
 * at once and is not kept for later. After a command without a reply so do all others, until the heartbeat has had an
 * answer: no request waits for a Redis that is known to hang.
 */
export class Commands {
  readonly connection: ReplaceableClient;
  private isHung = false;

  constructor(
    create: () => RedisClient,
    private readonly onError: (kind: FailureKind, error: unknown) => void,
    onReady: () => void,
  ) {
    this.connection = new ReplaceableClient(create, (client) => client.on('ready', onReady));
  }

  get hung(): boolean {
    return this.isHung;
  }

  call(command: string, ...args: Argument[]): Promise<unknown> {
    if (this.isHung) return this.fail(new DeadlineError(`No reply within ${COMMAND_TIMEOUT_MS} ms`));
    return this.attempt((client) => client.call(command, args));
  }

  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    if (this.isHung) return this.fail(new DeadlineError(`No reply within ${COMMAND_TIMEOUT_MS} ms`));
    return this.probe(script, keys, args);
  }

  /** `run` for the heartbeat, which must ask a Redis that hangs whether it still does. */
  probe(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.attempt(async (client) => {
      try {
        return await client.call('evalsha', [script.sha, keys.length, ...keys, ...args]);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return client.call('eval', [script.lua, keys.length, ...keys, ...args]);
      }
    });
  }

  private async attempt(send: (client: RedisClient) => Promise<unknown>): Promise<unknown> {
    if (!this.connection.ready) return this.fail(this.connection.lastError ?? new Error('Not connected'));
    try {
      const reply = await withDeadline(send(this.connection.client), COMMAND_TIMEOUT_MS);
      this.isHung = false;
      return reply;
    } catch (error) {
      if (error instanceof DeadlineError) this.isHung = true;
      return this.fail(error);
    }
  }

  private fail(error: unknown): Promise<never> {
    this.onError(kindOf(error), withoutCommand(error));
    return Promise.reject(new StoreUnavailableError(error));
  }
}
