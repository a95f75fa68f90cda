import { createHash } from 'node:crypto';
import { StoreUnavailableError } from '../errors.js';
import { type RedisClient, withoutCommand } from './client.js';
import { DeadlineError, withDeadline } from '../../net/time-limit.js';
import { kindOf, UnconfirmedError } from './failures.js';
import type { FailureKind, Trace } from './options.js';
import { ReplaceableClient } from './replaceable-client.js';
import { COMMAND_TIMEOUT_MS, REPLICAS_WAIT_MS } from './timing.js';

/** A Lua script, sent by its digest; Redis learns the text the first time, and again after a restart. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
  /** Whether somebody is told that it is kept: what it wrote must outlive a failover where `--redis-wait` asks for it. */
  readonly durable: boolean;
}

export function script(lua: string, { durable = false } = {}): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex'), durable };
}

type Argument = string | number;

/**
 * The connection for commands. Every failure is a {@link StoreUnavailableError}. Without a connection a command fails
 * at once and is not kept for later. After a command without a reply, or without the replicas it was to have, so do all
 * others, until the heartbeat has had an answer: no request waits for a Redis that is known to hang.
 */
export class Commands {
  readonly connection: ReplaceableClient;
  /** Why all commands fail at once, until the heartbeat has had an answer. */
  private halt: DeadlineError | UnconfirmedError | undefined;

  constructor(
    create: () => RedisClient,
    private readonly onError: (kind: FailureKind, error: unknown) => void,
    onReady: () => void,
    private readonly replicas = 0,
    private readonly trace: Trace = (_operation, run) => run(),
  ) {
    this.connection = new ReplaceableClient(create, (client) => client.on('ready', onReady));
  }

  get hung(): boolean {
    return this.halt instanceof DeadlineError;
  }

  call(command: string, ...args: Argument[]): Promise<unknown> {
    if (this.halt) return this.fail(this.halt);
    return this.trace(command, () => this.attempt((client) => client.call(command, args)));
  }

  /** `call` for a write that somebody is told of. */
  write(command: string, ...args: Argument[]): Promise<unknown> {
    if (this.halt) return this.fail(this.halt);
    return this.trace(command, () => this.attempt((client) => this.send(client, command, args, true)));
  }

  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    if (this.halt) return this.fail(this.halt);
    return this.trace('evalsha', () => this.probe(script, keys, args));
  }

  /** Called when the heartbeat has had its answer. */
  resume(): void {
    this.halt = undefined;
  }

  /** `run` for the heartbeat, which must ask a Redis that hangs whether it still does. */
  probe(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.attempt(async (client) => {
      try {
        return await this.send(client, 'evalsha', [script.sha, keys.length, ...keys, ...args], script.durable);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return this.send(client, 'eval', [script.lua, keys.length, ...keys, ...args], script.durable);
      }
    });
  }

  /** Sends a write and WAIT in one go: on a connection that is made anew, WAIT would speak of no write at all. */
  private async send(client: RedisClient, command: string, args: Argument[], durable: boolean): Promise<unknown> {
    if (!durable || this.replicas === 0) return client.call(command, args);
    const waiting = ['wait', this.replicas, REPLICAS_WAIT_MS];
    const [written, waited] =
      (await client
        .pipeline([
          ['call', command, ...args],
          ['call', ...waiting],
        ])
        .exec()) ?? [];
    const error = written?.[0] ?? waited?.[0];
    if (error) throw error;
    const had = Number(waited?.[1] ?? 0);
    if (had < this.replicas) throw new UnconfirmedError(had, this.replicas);
    return written?.[1];
  }

  private async attempt(send: (client: RedisClient) => Promise<unknown>): Promise<unknown> {
    if (!this.connection.ready) return this.fail(this.connection.lastError ?? new Error('Not connected'));
    try {
      const reply = await withDeadline(send(this.connection.client), COMMAND_TIMEOUT_MS);
      if (this.hung) this.halt = undefined;
      return reply;
    } catch (error) {
      if (error instanceof DeadlineError || error instanceof UnconfirmedError) this.halt = error;
      return this.fail(error);
    }
  }

  private fail(error: unknown): Promise<never> {
    this.onError(kindOf(error), withoutCommand(error));
    return Promise.reject(new StoreUnavailableError(error));
  }
}
