import type { RedisCall } from './redis-session.js';

/** What a Redis says about itself. */
export interface RedisFacts {
  /** `Redis 7.2.4`, `Valkey 8.0.1`. */
  readonly product: string;
  readonly major: number;
  /** `standalone`, `cluster`, `sentinel`. */
  readonly mode: string;
  readonly role: string;
  /** What happens when the memory is full; undefined where it isn't told. */
  readonly evictionPolicy: string | undefined;
  /** Bytes; 0 is no limit. */
  readonly memoryLimit: number;
  readonly appendOnly: boolean;
  /** When snapshots are made, as `save` has it; empty is never, undefined is not told. */
  readonly snapshots: string | undefined;
  /** Of one round trip, ms. */
  readonly latencyMs: number;
}

const ROUND_TRIPS = 7;

export async function redisFacts(call: RedisCall): Promise<RedisFacts> {
  await call('ping');
  const info = parseInfo(String(await call('info')));
  const times: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip++) {
    const started = performance.now();
    await call('ping');
    times.push(performance.now() - started);
  }
  const valkey = info.get('valkey_version');
  const version = valkey ?? info.get('redis_version') ?? 'of unknown version';
  return {
    product: `${valkey === undefined ? 'Redis' : 'Valkey'} ${version}`,
    major: Number.parseInt(info.get('redis_version') ?? version, 10),
    mode: info.get('redis_mode') ?? info.get('server_mode') ?? 'standalone',
    role: info.get('role') ?? 'master',
    evictionPolicy: info.get('maxmemory_policy') ?? (await setting(call, 'maxmemory-policy')),
    memoryLimit: Number(info.get('maxmemory') ?? 0),
    appendOnly: info.get('aof_enabled') === '1',
    snapshots: await setting(call, 'save'),
    latencyMs: times.sort((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? 0,
  };
}

function parseInfo(text: string): Map<string, string> {
  const pairs = text
    .split('\r\n')
    .map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]);
  return new Map(pairs);
}

/** Rented servers often refuse CONFIG: then it stays unknown. */
async function setting(call: RedisCall, name: string): Promise<string | undefined> {
  try {
    const reply = await call('config', 'get', name);
    return Array.isArray(reply) && reply.length >= 2 ? String(reply[1]) : undefined;
  } catch {
    return undefined;
  }
}
