import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/sessions/errors.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS } from '../../contract/subject.js';
import { freePort, type RedisServer, startRedis } from '../../helpers/redis.js';

describe('Starting with Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ args: ['--requirepass', 'secret-1'], client: { password: 'secret-1' } });
  });
  afterAll(() => server.stop());

  const failure = async (url: string) => {
    const start = performance.now();
    const error: unknown = await openRedisStorage({ ...DEFAULTS, url }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    return { error: error as Error, reason: ((error as Error).cause as Error).message, ms: performance.now() - start };
  };

  it('gives up within 5 s where nothing listens or a server hangs, and says in one line what is wrong', async () => {
    const port = await freePort();
    server.pause();
    try {
      const [nothing, hanging] = await Promise.all([failure(`redis://127.0.0.1:${port}`), failure(server.url)]);
      expect(nothing.reason).toBe(`redis://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`);
      expect(hanging.reason).toBe(`${server.url}: no answer within 4000 ms`);
      expect(Math.max(nothing.ms, hanging.ms)).toBeLessThan(5_000);
    } finally {
      server.resume();
    }
  });

  it('does not wait when the password is wrong or missing, and shows no secret', async () => {
    const wrong = await failure(server.url.replace('//', '//:guessed-2@'));
    expect(wrong.reason).toMatch(/WRONGPASS/);
    expect(wrong.ms).toBeLessThan(2_000);
    expect(inspect(wrong.error, { depth: 9, showHidden: true })).not.toContain('guessed-2');
    const missing = await failure(server.url);
    expect(missing.reason).toMatch(/NOAUTH/);
  });

  it('refuses a prefix that would break the hash tags', async () => {
    await expect(openRedisStorage({ ...DEFAULTS, url: server.url, prefix: 'a{b}:' })).rejects.toThrow(RangeError);
  });
});
