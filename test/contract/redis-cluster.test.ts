import { afterAll, beforeAll } from 'vitest';
import { openRedisStorage } from '../../src/sessions/redis/index.js';
import { type RedisCluster, startRedisCluster } from '../helpers/redis-cluster.js';
import { STORAGE_DEFAULTS } from '../../src/testing.js';
import { storageContract } from './storage-contract.js';

let cluster: RedisCluster;
let opened = 0;

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

storageContract('Redis Cluster', {
  openNodes(options) {
    const node = { ...STORAGE_DEFAULTS, ...options, url: cluster.url, cluster: true, prefix: `test-${opened++}:` };
    return Promise.all([openRedisStorage(node), openRedisStorage(node)]);
  },
});
