import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findProgram } from '../../scripts/prepare-tests.js';
import { freePort, type RedisServer, run } from './redis.js';

export interface RedisSentinel {
  readonly port: number;
  /** Runs one command on a connection of its own. */
  command(name: string, ...args: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts one sentinel, which watches a master under a name and needs nobody's agreement. */
export async function startSentinel(name: string, master: RedisServer): Promise<RedisSentinel> {
  const dir = mkdtempSync(join(tmpdir(), 'mcp-calc-sentinel-'));
  const port = await freePort();
  const file = join(dir, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${name} 127.0.0.1 ${master.port} 1`,
    `sentinel down-after-milliseconds ${name} 300`,
    `sentinel failover-timeout ${name} 2000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { guard } = await run(String(findProgram('redis')), [file, '--sentinel']);
  return {
    port,
    async command(name, ...parameters) {
      const connection = new Redis(port, '127.0.0.1', { retryStrategy: null });
      connection.on('error', () => undefined);
      try {
        return await connection.call(name, parameters);
      } finally {
        connection.disconnect();
      }
    },
    async stop() {
      guard.stdin?.end();
      await once(guard, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
