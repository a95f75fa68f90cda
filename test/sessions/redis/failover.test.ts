import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session, until } from '../../contract/subject.js';
import { type AddressSwitch, startAddressSwitch } from '../../helpers/address-switch.js';
import { eventually } from '../../helpers/eventually.js';
import { freePort, type RedisServer, startRedis, startReplica } from '../../helpers/redis.js';
import { startSentinel } from '../../helpers/redis-sentinel.js';

/** How soon after a failover all must be well, ms. */
const RECOVERY_MS = 5_000;

describe('A failover after which the old master lives on as a replica', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let address: AddressSwitch;
  let here: Storage;
  let there: Storage;

  beforeEach(async () => {
    master = await startRedis();
    replica = await startReplica(master);
    address = await startAddressSwitch(master.port);
  });
  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
    await address.close();
    await Promise.all([master.stop(), replica.stop()]);
  });

  const openBoth = async (target: Partial<Parameters<typeof openRedisStorage>[0]>) => {
    const open = () => openRedisStorage({ ...DEFAULTS, url: `redis://127.0.0.1:${address.port}`, ...target });
    [here, there] = await Promise.all([open(), open()]);
  };

  /** Listens on one node, lets the other master take over, and expects that all that is told arrives as before. */
  const survives = async (failOver: () => Promise<unknown>) => {
    let woken = 0;
    const told: string[] = [];
    await here.sessions.create(session('s'));
    await here.sessions.appendHistory('s', { id: '1' });
    await there.events.follow('s', 'x', () => woken++);
    there.bus.onMessage(({ kind }) => void (kind.startsWith('change') || told.push(kind)));
    await until(async () => (await replica.command('hget', 'mcp-calc:{s}:session', 'calculationCount')) === '1');

    await failOver();
    await eventually(async () => expect((await replica.command('role')) as unknown[]).toContain('master'), RECOVERY_MS);
    await eventually(async () => {
      const touched = await here.sessions.touch('s');
      const there = await replica.command('hget', 'mcp-calc:{s}:session', 'requestCount');
      expect(there).toBe(String(touched?.requestCount));
    }, RECOVERY_MS);
    // Nobody listens any more at the one that is written to no more.
    await eventually(async () => {
      expect(await master.command('pubsub', 'channels')).toEqual(
        expect.not.arrayContaining([expect.stringMatching('^mcp-calc') as string]),
      );
      expect([here.status(), there.status()]).toEqual(['ready', 'ready']);
    }, RECOVERY_MS);
    await here.sessions.appendHistory('s', { id: '2' });
    expect(await replica.command('hget', 'mcp-calc:{s}:session', 'calculationCount')).toBe('2');
    const before = woken;
    await here.events.append({ sessionId: 's', streamId: 'x', messages: ['{}'] });
    await until(() => woken > before);
    expect(woken).toBeGreaterThan(before);
    expect(await here.bus.send(there.bus.nodeId, { kind: 'hello', sessionId: 's' })).toBe(true);
    await until(() => told.length > 0);
    expect(told).toEqual(['hello']);
    expect(await there.sessions.touch('s')).toMatchObject({ calculationCount: 2 });
  };

  it('by FAILOVER: everybody listens where is written', async () => {
    await openBoth({});
    await survives(async () => {
      await master.command('failover');
      address.to(replica.port);
    });
  });

  it('by REPLICAOF behind one address: the same', async () => {
    await openBoth({});
    await survives(async () => {
      await replica.command('replicaof', 'no', 'one');
      address.to(replica.port);
      await master.command('replicaof', '127.0.0.1', replica.port);
    });
  });

  it('by SENTINEL FAILOVER: the same at once, and a sentinel that is away is nothing to print', async () => {
    const [sentinel, away] = [await startSentinel('calc', master), await freePort()];
    const hosts = [sentinel.port, away].map((port) => ({ host: '127.0.0.1', port }));
    const printed = vi.spyOn(console, 'error');
    try {
      await openBoth({ sentinel: { name: 'calc', hosts } });
      await eventually(async () => expect(await sentinel.command('info', 'sentinel')).toMatch(/slaves=1/), RECOVERY_MS);
      // It promotes none that it has not looked at for long enough.
      await survives(() => eventually(() => sentinel.command('sentinel', 'failover', 'calc'), RECOVERY_MS));
      expect(printed).not.toHaveBeenCalled();
    } finally {
      printed.mockRestore();
      await Promise.all([here.close(), there.close()]);
      await sentinel.stop();
    }
  });

  it('takes no listener for gone while the one and the other are on their way', async () => {
    await openBoth({});
    await here.sessions.create(session('s'));
    await replica.command('replicaof', 'no', 'one');
    address.to(replica.port);
    await master.command('replicaof', '127.0.0.1', replica.port);
    const outcomes = new Set<string>();
    const end = performance.now() + 2_000;
    while (performance.now() < end) {
      const sent = here.bus.send(there.bus.nodeId, { kind: 'hello', sessionId: 's' });
      outcomes.add(
        await sent.then(
          (heard) => `heard: ${heard}`,
          (error: Error) => error.name,
        ),
      );
      // What fails at once would leave no time for anything else.
      await new Promise(setImmediate);
    }
    expect([...outcomes]).not.toContain('heard: false');
    expect([...outcomes]).toContain('heard: true');
  });
});
