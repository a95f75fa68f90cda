import { describe, expect, it } from 'vitest';
import { healthRoutes } from '../../../src/http/routes/health.js';
import type { HealthSource } from '../../../src/http/routes/health.js';
import { metricsRoute } from '../../../src/http/routes/metrics.js';
import { createMetrics } from '../../../src/metrics.js';
import { version } from '../../../src/package-info.js';
import { startHost } from '../host.js';

const working: HealthSource = {
  pattern: 'stateful',
  storageMode: 'in-memory',
  storageStatus: () => 'ready',
  ping: async () => {},
  draining: () => false,
};
const redis: HealthSource = { ...working, storageMode: 'redis' };
const down: HealthSource = {
  ...redis,
  storageStatus: () => 'reconnecting',
  ping: () => Promise.reject(new Error('down')),
};
const hanging: HealthSource = { ...redis, ping: () => new Promise(() => {}) };

const host = (source: HealthSource) => startHost({ routes: healthRoutes(source) });
const ask = async (url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe('/health', () => {
  it('tells what the server is and how it fares', async () => {
    const { url } = await host(working);
    const { status, body } = await ask(`${url}/health`);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      uptime: expect.any(Number),
      version,
      pattern: 'stateful',
      storageMode: 'in-memory',
      memory: expect.objectContaining({ rss: expect.any(Number), heapUsed: expect.any(Number) }),
    });
  });

  it('tells the state of Redis where there is one', async () => {
    const { url } = await host(redis);
    expect((await ask(`${url}/health`)).body).toMatchObject({
      status: 'healthy',
      storageMode: 'redis',
      redis: 'ready',
    });
  });

  it('answers 503 when the storage is down, and /livez does not', async () => {
    const { url } = await host(down);
    expect(await ask(`${url}/health`)).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', redis: 'reconnecting' },
    });
    expect(await ask(`${url}/readyz`)).toEqual({ status: 503, body: { status: 'unavailable' } });
    expect(await ask(`${url}/livez`)).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('waits 2 seconds, not longer, for a storage that hangs, and asks it once for all who wait', async () => {
    let pings = 0;
    const ping = () => ((pings += 1), hanging.ping());
    const { url } = await host({ ...hanging, ping });
    const start = performance.now();
    const [first, second] = await Promise.all([ask(`${url}/health`), ask(`${url}/readyz`)]);
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(first).toMatchObject({ status: 503, body: { redis: 'unavailable' } });
    expect(second.status).toBe(503);
    expect(pings).toBe(1);
  });

  it('adds machine, node and figures in detail', async () => {
    const figures = async () => ({
      transports: ['streamable-http'],
      sessions: { active: 3 },
      limits: { bodyBytes: 1 },
    });
    const { url } = await host({ ...working, figures });
    expect((await ask(`${url}/health/detailed`)).body).toMatchObject({
      status: 'healthy',
      system: { platform: process.platform, cpus: expect.any(Number) },
      node: { version: process.version },
      transports: ['streamable-http'],
      sessions: { active: 3 },
      limits: { bodyBytes: 1 },
    });
  });

  it('leaves out figures that cannot be had', async () => {
    const { url } = await host({ ...working, figures: () => Promise.reject(new Error('no')) });
    const { status, body } = await ask(`${url}/health/detailed`);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('sessions');
  });
});

describe('/readyz', () => {
  it('is ready, until the server is about to stop', async () => {
    let draining = false;
    const { url } = await host({ ...working, draining: () => draining });
    expect(await ask(`${url}/readyz`)).toEqual({ status: 200, body: { status: 'ready' } });
    draining = true;
    expect(await ask(`${url}/readyz`)).toEqual({ status: 503, body: { status: 'draining' } });
    expect((await ask(`${url}/livez`)).status).toBe(200);
  });
});

describe('the routes to read', () => {
  it('answer HEAD without a body, other methods with 405, and are never cached', async () => {
    const metrics = await createMetrics({ tools: [] });
    const { url } = await startHost({ routes: [...healthRoutes(working), metricsRoute(metrics)] });
    for (const path of ['/health', '/health/detailed', '/livez', '/readyz', '/metrics']) {
      const head = await fetch(url + path, { method: 'HEAD' });
      expect([head.status, await head.text(), head.headers.get('cache-control')], path).toEqual([200, '', 'no-store']);
      const post = await fetch(url + path, { method: 'POST', body: '{}' });
      expect([post.status, post.headers.get('allow')], path).toEqual([405, 'GET, HEAD']);
    }
  });

  it('serve metrics as Prometheus reads them', async () => {
    const { url } = await startHost({ routes: [metricsRoute(await createMetrics({ tools: [] }))] });
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('mcp_active_sessions 0');
  });
});
