import { afterAll, beforeAll, expect, test } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { behaviours } from './behaviours.js';
import { SoakClient } from './client.js';
import type { Held } from './measure.js';
import { heldBy, keptIn, MEASURED } from './measure.js';

/** How long the load lasts; a sixth of it comes before the first measurement, and warms everything up. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 600);
const WARM_UP_MS = (SECONDS * 1_000) / 6;
/** What is left to expire does so in this time, and the sweeps come as often. */
const TTL_S = 10;
/** How long what was used may take to be gone: sessions, streams, the retries of what was cut off. */
const SETTLE_MS = 60_000;
/** Between two turns of one behaviour, ms. */
const PAUSE_MS = 20;
/** How much the heap may grow: code that was compiled later, and what V8 keeps of it. A leak is a multiple of the requests. */
const HEAP_ALLOWANCE = 2_500_000;

/** The share of turns that may fail. */
const TURNS_LOST = 0.01;

const FLAGS = ['http', '--sse', '--session-ttl', `${TTL_S}s`, '--keep-alive', '1s', '--sse-after', '50ms'];

interface Fleet {
  readonly name: string;
  readonly servers: readonly SpawnedServer[];
  readonly client: SoakClient;
}

let redis: RedisServer;
let fleets: Fleet[] = [];
const failures: string[] = [];
let turns = 0;

beforeAll(async () => {
  redis = await startRedis();
  const start = async (name: string, count: number, args: readonly string[]): Promise<Fleet> => {
    const servers = await Promise.all(
      Array.from({ length: count }, () => spawnServer([...FLAGS, ...args], {}, MEASURED)),
    );
    return { name, servers, client: new SoakClient(servers.map(({ origin }) => origin)) };
  };
  fleets = await Promise.all([start('memory', 1, []), start('Redis', 2, ['--redis', redis.url])]);
});

afterAll(async () => {
  for (const { client } of fleets) client.close();
  await Promise.all(fleets.flatMap(({ servers }) => servers.map((server) => server.stop())));
  await redis.stop();
});

/** Has every behaviour go on at once in every fleet, and resolves when the last of them has come to an end. */
async function load(ms: number): Promise<void> {
  const until = performance.now() + ms;
  const behave = async ({ name, client }: Fleet, kind: string, act: (typeof behaviours)[string]) => {
    for (let turn = 0; performance.now() < until; turn += 1, turns += 1) {
      await act(client, turn).catch((error: unknown) => failures.push(`${name}, ${kind}: ${String(error)}`));
      await delay(PAUSE_MS);
    }
  };
  await Promise.all(
    fleets.flatMap((fleet) => Object.entries(behaviours).map(([kind, act]) => behave(fleet, kind, act))),
  );
  for (const { client } of fleets) client.agent.destroy();
}

const processes = () =>
  fleets.flatMap(({ name, servers }) => servers.map((server, at) => ({ name: `${name} ${at + 1}`, server })));
const measured = async () =>
  new Map(await Promise.all(processes().map(async ({ name, server }) => [name, await heldBy(server)] as const)));
const openSessions = ({ servers: [server] }: Fleet) =>
  fetch(`${server?.origin}/health/detailed`, { headers: { Connection: 'close' } })
    .then((response) => response.json() as Promise<{ sessions: { open: number } }>)
    .then(({ sessions }) => sessions.open);

/** Waits until all that was used has expired, and nothing is open but what was before anybody came. */
async function settled(fresh: Map<string, Held>): Promise<void> {
  await eventually(async () => {
    expect(await Promise.all(fleets.map(openSessions))).toEqual(fleets.map(() => 0));
    expect((await keptIn(redis)).keys).toEqual([]);
    for (const [name, held] of await measured())
      expect([name, held.handles, held.files]).toEqual([name, fresh.get(name)?.handles, fresh.get(name)?.files]);
  }, SETTLE_MS);
}

const mb = (bytes: number) => (bytes / 1e6).toFixed(2);

function table(before: Map<string, Held>, after: Map<string, Held>, kept: readonly [number, number][]): string {
  const rows: [string, string, string | number, string | number][] = [];
  for (const { name } of processes()) {
    const [was, is] = [before.get(name), after.get(name)] as [Held, Held];
    rows.push([name, 'heap, MB', mb(was.heap), mb(is.heap)]);
    rows.push([name, 'handles', was.handles.length, is.handles.length]);
    rows.push([name, 'open files', was.files, is.files]);
  }
  for (const [at, what] of ['keys', 'channels'].entries())
    rows.push(['Redis itself', what, ...(kept[at] as [number, number])]);
  const requests = fleets.map(({ name, client }) => `${client.requests} in ${name}`).join(', ');
  const line = (cells: readonly unknown[]) =>
    cells.map((cell, at) => (at < 2 ? String(cell).padEnd(14) : String(cell).padStart(9))).join(' ');
  return [
    `${SECONDS} s of load, requests: ${requests}`,
    line(['', '', 'before', 'after']),
    ...rows.map(line),
    `${turns} turns, of which ${failures.length} failed`,
    ...failures.slice(0, 5),
  ].join('\n');
}

test(
  `after ${SECONDS} s of everything that clients do, all that is held is what was held before`,
  async () => {
    const fresh = await measured();
    await load(WARM_UP_MS);
    await settled(fresh);
    const [before, keptBefore] = [await measured(), await keptIn(redis)];
    const sentBefore = fleets.map(({ client }) => client.requests);

    await load(SECONDS * 1_000 - WARM_UP_MS);
    await settled(fresh);
    const [after, keptAfter] = [await measured(), await keptIn(redis)];
    const kept: [number, number][] = [
      [keptBefore.keys.length, keptAfter.keys.length],
      [keptBefore.channels.length, keptAfter.channels.length],
    ];
    process.stdout.write(`\n${table(before, after, kept)}\n\n`);

    // A machine that stands still for seconds lets sessions expire, and cuts nodes off from Redis.
    expect(failures.length / turns, failures.slice(0, 10).join('\n')).toBeLessThan(TURNS_LOST);
    // It was a load at all.
    fleets.forEach(({ client }, at) => expect(client.requests).toBeGreaterThan(Number(sentBefore[at]) + SECONDS));
    expect(keptAfter).toEqual(keptBefore);
    for (const { name, server } of processes()) {
      const [was, is] = [before.get(name), after.get(name)] as [Held, Held];
      expect(is.heap - was.heap, `heap of ${name}`).toBeLessThan(HEAP_ALLOWANCE);
      const bad = server.log.filter((line) =>
        /"level":"error"|Unhandled|ExceptionsWarning|DeprecationWarning/.test(line),
      );
      expect([name, bad.slice(0, 3)]).toEqual([name, []]);
    }
  },
  SECONDS * 1_000 + 3 * SETTLE_MS,
);
