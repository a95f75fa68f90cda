import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { Nginx } from '../helpers/nginx.js';
import { startNginx } from '../helpers/nginx.js';
import type { RedisServer } from '../helpers/redis.js';
import { freePort, startRedis } from '../helpers/redis.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { LONG, REST_MS } from './duration.js';
import { LoadClient } from './load.js';

const FOLDER = join(import.meta.dirname, '../../examples/cluster');
const CLIENTS = 22;
/** Between two calls of a client, ms: the long form makes some 20,000 calls on two cores. */
const PAUSE_MS = LONG ? 10 : 30;
const RESTARTS = LONG ? 6 : 1;
const CALLS = LONG ? 20_000 : 400;
/** The delay as the example has it, then what the drain may take at most while nginx goes on sending. */
const DELAY = String(/DRAIN_DELAY: (\S+)/.exec(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8'))?.[1]);
const RESTART_MS = 20_000;

let redis: RedisServer;
let nodes: SpawnedServer[];
let proxy: Nginx;

const start = (port: number) =>
  spawnServer(['http', '--stateful', '--redis', redis.url, '--drain-delay', DELAY, '--port', String(port)]);

beforeAll(async () => {
  redis = await startRedis();
  nodes = await Promise.all([1, 2, 3].map(async () => start(await freePort())));
  proxy = await startNginx(
    join(FOLDER, 'nginx.conf'),
    nodes.map(({ origin }) => origin),
  );
});

afterAll(async () => {
  await proxy.stop();
  await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
  await redis.stop();
});

test(
  'nodes restarted behind the nginx of examples/cluster, one after the other: no call of 22 clients is lost',
  async () => {
    const clients = Array.from({ length: CLIENTS }, () => new LoadClient(() => `${proxy.origin}/mcp`, PAUSE_MS));
    await Promise.all(clients.map((client) => client.open()));
    const calls = () => clients.reduce((sum, { attempted }) => sum + attempted, 0);
    let restarted = 0;
    const load = clients.map((client) => client.run(() => restarted >= RESTARTS && calls() >= CALLS));
    try {
      while (restarted < RESTARTS) {
        const before = calls();
        await eventually(() => expect(calls()).toBeGreaterThan(before + CALLS / RESTARTS / 10), 30_000);
        const index = restarted % nodes.length;
        const node = nodes[index] as SpawnedServer;
        expect(await node.stop()).toBe(0);
        nodes[index] = await start(node.port);
        restarted += 1;
      }
    } finally {
      restarted = RESTARTS;
      await Promise.all(load);
    }
    const replies = clients.flatMap((client) => client.replies);
    expect(
      replies.filter(({ status, failure, text }) => status !== 200 || failure || text.includes('"error"')),
    ).toEqual([]);
    for (const client of clients) {
      expect([await client.count(), client.ids.size]).toEqual([client.attempted, client.acknowledged]);
      client.close();
    }
    expect(replies.length).toBeGreaterThanOrEqual(CALLS);
  },
  RESTARTS * RESTART_MS + 3 * REST_MS,
);
