import { ConfigError } from '../../config/index.js';
import type { RedisConfig } from '../../config/index.js';
import { describeTarget } from '../../sessions/redis/client.js';
import { defineCheck, failure, info, ok, reasonOf, warning } from '../check.js';
import type { Finding } from '../check.js';
import { redisFacts } from '../redis-facts.js';
import type { RedisFacts } from '../redis-facts.js';
import { withRedis } from '../redis-session.js';
import { isListening, redisTarget } from '../redis-target.js';
import type { FoundRedis } from '../redis-target.js';

/** Every request waits for at least one round trip. */
const SLOW_MS = 20;
const OLDEST = 6;

export const redis = defineCheck({
  id: 'redis',
  title: 'Redis',
  timeoutMs: 10_000,
  async run(context, signal) {
    let found: FoundRedis;
    try {
      found = redisTarget(context);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map((problem) => failure(problem, 'Give a URL such as redis://localhost:6379.'));
    }
    const { target, namedBy, turnedOn } = found;
    const where = describeTarget(target);
    if (namedBy === undefined && !(await isListening(target)))
      return [info(`none is named, and none answers at ${where}: sessions stay in the memory of one process`)];
    try {
      const facts = await withRedis(target, signal, redisFacts);
      const all = [...judge(facts, target, where)];
      // Nobody asked for the one at the default address: nothing of it keeps a server from working.
      const judged =
        namedBy === undefined
          ? all.map((finding): Finding => (finding.level === 'failure' ? { ...finding, level: 'warning' } : finding))
          : all;
      return namedBy?.startsWith('REDIS_') && !turnedOn
        ? [...judged, info(`${namedBy} alone turns nothing on`, 'Start servers with --redis, or set USE_REDIS=true.')]
        : judged;
    } catch (error) {
      const message = `${where} (${namedBy ?? 'the default address'}) can't be used: ${inShort(reasonOf(error))}`;
      // What listens at the default address may not even be a Redis, and nobody asked for it.
      return [
        namedBy === undefined
          ? info(message, 'To use it, name it with its password: --redis redis://:password@localhost:6379')
          : failure(message, adviceFor(reasonOf(error))),
      ];
    }
  },
});

function* judge(facts: RedisFacts, { cluster, sentinel }: RedisConfig, where: string): Iterable<Finding> {
  const { product, major, mode, role, evictionPolicy, memoryLimit, appendOnly, snapshots, latencyMs } = facts;
  const kind = mode === 'cluster' ? ', a cluster' : mode === 'standalone' ? '' : `, ${mode}`;
  yield ok(`${product} at ${where}${kind}`);
  if (major < OLDEST) yield failure(`${product} is too old`, `Update it to ${OLDEST} or newer.`);
  if (mode === 'cluster' && !cluster)
    yield failure(
      'it is a Redis Cluster, and would be used as a single server',
      'Add --redis-cluster, or set REDIS_CLUSTER=true.',
    );
  if (mode !== 'cluster' && cluster)
    yield failure(
      'it is not a Redis Cluster, but --redis-cluster (REDIS_CLUSTER) says so',
      'Take --redis-cluster (REDIS_CLUSTER) away.',
    );
  if (mode === 'sentinel')
    yield failure('it is a sentinel, which holds no data', 'Name it with --redis-sentinel <master>@host:26379.');
  if (role === 'slave' && !cluster && sentinel === undefined)
    yield failure(
      'it is a replica, which refuses to be written to',
      'Name the master, or the sentinels that know it: --redis-sentinel.',
    );
  const latency = `latency ${latencyMs.toFixed(latencyMs < 10 ? 1 : 0)} ms`;
  yield latencyMs > SLOW_MS
    ? warning(`${latency}: every request waits for it`, 'Run Redis near the servers, and look at SLOWLOG GET.')
    : ok(latency);
  yield eviction(evictionPolicy, memoryLimit);
  yield persistence(appendOnly, snapshots);
}

function eviction(policy: string | undefined, limit: number): Finding {
  if (policy === undefined)
    return info('it does not tell its eviction policy', 'See to it that maxmemory-policy is noeviction.');
  if (policy === 'noeviction') return ok('eviction policy noeviction');
  const when = limit > 0 ? 'when its memory is full' : 'once maxmemory is set';
  return warning(
    `eviction policy ${policy}: live sessions are thrown away ${when}`,
    'Set maxmemory-policy noeviction (CONFIG SET, and redis.conf).',
  );
}

function persistence(appendOnly: boolean, snapshots: string | undefined): Finding {
  if (appendOnly) return ok('persistence: append-only file');
  if (snapshots === undefined)
    return info('it does not tell whether it keeps snapshots; it writes no append-only file');
  if (snapshots !== '') return ok('persistence: snapshots; the newest minutes may be lost in a crash');
  return warning(
    'no persistence: all sessions end when Redis restarts',
    'If that is not wanted: CONFIG SET appendonly yes, and the same in redis.conf.',
  );
}

/** Redis answers a missing password with a paragraph. */
function inShort(reason: string): string {
  return /^NOAUTH/.test(reason) ? 'it wants a password' : reason;
}

function adviceFor(reason: string): string {
  if (/NOAUTH|WRONGPASS|invalid password|ERR AUTH/i.test(reason))
    return 'Give the password: REDIS_PASSWORD, or redis://:password@host:6379.';
  if (/NOPERM/i.test(reason)) return 'The user needs more rights: see ACL LIST.';
  if (/^no reply/.test(reason))
    return 'It accepts connections and hangs: see its log, and whether the machine is overloaded.';
  if (/certificate|self-signed/i.test(reason)) return 'Let Node.js trust the certificate: NODE_EXTRA_CA_CERTS=ca.pem';
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return 'Check the name of the host.';
  if (/wrong version number|SSL|packet length|Protocol error|closed/i.test(reason))
    return 'One side speaks TLS and the other does not: try rediss:// (or redis://).';
  return 'Is it running, and is the address right? Start one with: redis-server';
}
