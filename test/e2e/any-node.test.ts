import { startNodes } from '../helpers/nodes.js';
import { startRedis } from '../helpers/redis.js';
import { anyNodeScenarios } from './any-node-scenarios.js';

anyNodeScenarios(async () => {
  const redis = await startRedis();
  const { servers, close } = await startNodes({ redisUrl: redis.url });
  return {
    servers,
    async close() {
      await close();
      await redis.stop();
    },
  };
});
