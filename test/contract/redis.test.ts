import { afterAll, beforeAll } from 'vitest';
import { openRedisStorage } from '../../src/sessions/redis/index.js';
import { type RedisServer, startRedis } from '../helpers/redis.js';
import { storageContract } from './storage-contract.js';
import { DEFAULTS } from './subject.js';

let server: RedisServer;
let opened = 0;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

storageContract('Redis', {
  openNodes(options) {
    const node = { ...DEFAULTS, ...options, url: server.url, prefix: `test-${opened++}:` };
    return Promise.all([openRedisStorage(node), openRedisStorage(node)]);
  },
});
