import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientMakers } from '../../../src/sessions/redis/client.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session } from '../../contract/subject.js';
import { freePort, type RedisServer, startRedis } from '../../helpers/redis.js';

describe('Reaching Redis', () => {
  let server: RedisServer;
  let tlsPort: number;
  let ca: string;
  const dir = mkdtempSync(join(tmpdir(), 'mcp-calc-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];

  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      ...subject,
    ];
    expect(spawnSync('openssl', [...args, '-keyout', key, '-out', cert]).status).toBe(0);
    ca = readFileSync(cert, 'utf8');
    tlsPort = await freePort();
    const tls = [
      '--tls-port',
      String(tlsPort),
      '--tls-cert-file',
      cert,
      '--tls-key-file',
      key,
      '--tls-auth-clients',
      'no',
    ];
    server = await startRedis({ args: ['--requirepass', 'p@ss:word', ...tls], client: { password: 'p@ss:word' } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const roundTrip = async (options: {
    url: string;
    password?: string;
    db?: number;
    tls?: { ca: string };
    prefix?: string;
  }) => {
    const storage = await openRedisStorage({ ...DEFAULTS, ...options });
    try {
      await storage.sessions.create(session('s'));
      return await storage.sessions.touch('s');
    } finally {
      await storage.sessions.end('s');
      await storage.close();
    }
  };
  const secret = encodeURIComponent('p@ss:word');

  it('takes password and database from the URL, or from their own options', async () => {
    expect(await roundTrip({ url: `redis://:${secret}@127.0.0.1:${server.port}/3` })).toMatchObject({
      requestCount: 1,
    });
    expect(await roundTrip({ url: server.url, password: 'p@ss:word', db: 4 })).toMatchObject({ requestCount: 1 });
  });

  it('speaks TLS to rediss:// and checks the certificate', async () => {
    const url = `rediss://default:${secret}@localhost:${tlsPort}`;
    expect(await roundTrip({ url, tls: { ca } })).toMatchObject({ requestCount: 1 });
    await expect(roundTrip({ url })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: expect.stringMatching(/self-signed/) },
    });
  });

  it('outlives a connection that ends in the midst of its handshake, whatever the server makes of it', async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', note);
    try {
      const url = `rediss://default:${secret}@localhost:${tlsPort}`;
      const { commands } = await clientMakers({ ...DEFAULTS, url });
      for (let tries = 0; tries < 400; tries++) {
        const client = commands();
        client.on('error', () => undefined);
        // Its certificate is refused after some milliseconds; the moment just after that is the one to meet.
        const start = performance.now();
        while (performance.now() - start < (tries % 80) / 10) await new Promise(setImmediate);
        client.disconnect();
        await vi.waitFor(() => expect(['end', 'reconnecting']).toContain(client.status), { interval: 1 });
      }
    } finally {
      process.off('uncaughtException', note);
    }
    expect(uncaught).toEqual([]);
  });

  it('keeps to its own prefix and database', async () => {
    const open = (prefix: string, db: number) =>
      openRedisStorage({ ...DEFAULTS, url: server.url, password: 'p@ss:word', db, prefix });
    const [a, b, c] = await Promise.all([open('a:', 1), open('b:', 1), open('a:', 2)]);
    const heard: string[] = [];
    for (const storage of [b, c]) storage.bus.onMessage(({ kind }) => heard.push(kind));
    await a.sessions.create(session('s'));
    await a.bus.tellAll({ kind: 'of a', sessionId: 's' });
    for (const storage of [b, c]) await storage.bus.tellAll({ kind: 'own', sessionId: 's' });
    for (const storage of [b, c]) {
      expect(await storage.sessions.peek('s')).toBeUndefined();
      expect(await storage.sessions.count()).toBe(0);
    }
    expect(heard).toEqual(['own', 'own']);
    await a.sessions.end('s');
    await Promise.all([a.close(), b.close(), c.close()]);
  });
});
