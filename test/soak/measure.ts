import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RedisServer } from '../helpers/redis.js';
import { keysOfClients } from '../helpers/redis.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { withDeadline } from '../../src/net/time-limit.js';

const PROBE = fileURLToPath(new URL('probe.js', import.meta.url));
const ANSWER_LIMIT_MS = 20_000;

/** What node is started with, so that its process can be measured. */
export const MEASURED = { nodeArgs: ['--expose-gc', '--import', PROBE], ipc: true };

/** What a process holds after its garbage was collected. */
export interface Held {
  /** Bytes of the heap of JavaScript. */
  readonly heap: number;
  /** What keeps its event loop busy, by kind. */
  readonly handles: readonly string[];
  /** Open file descriptors. */
  readonly files: number;
}

export async function heldBy({ child }: SpawnedServer): Promise<Held> {
  const answer = new Promise<Omit<Held, 'files'>>((resolve) => child.once('message', resolve as never));
  child.send('measure');
  const { heap, handles } = await withDeadline(answer, ANSWER_LIMIT_MS, 'The server did not say what it holds');
  // The answer to this very question was still on its way.
  const asking = ['Timeout'];
  const rest = [...handles].sort().filter((kind) => kind !== asking[0] || asking.pop() === undefined);
  return { heap, handles: rest, files: readdirSync(`/proc/${child.pid}/fd`).length };
}

/** All keys of a Redis but those of its nodes, and its channels. */
export async function keptIn(redis: RedisServer): Promise<{ keys: string[]; channels: string[] }> {
  const channels = (await redis.command('pubsub', 'channels')) as string[];
  return { keys: await keysOfClients(redis), channels: channels.sort() };
}
