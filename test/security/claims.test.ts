import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { startIssuer } from './helpers/issuer.js';
import type { Issuer } from './helpers/issuer.js';

describe('what a token says of its holder', () => {
  let redis: RedisServer;
  let issuer: Issuer;
  let nodes: SpawnedServer[];
  let folder: string;

  beforeAll(async () => {
    [redis, issuer, folder] = await Promise.all([
      startRedis(),
      startIssuer(),
      mkdtemp(join(tmpdir(), 'mcp-calc-claims-')),
    ]);
    const index = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
    const file = join(folder, 'who.mjs');
    await writeFile(
      file,
      `import { defineCatalog, defineTool } from '${index}';
      const handler = (_args, { caller }) => ({ content: [{ type: 'text', text: JSON.stringify(caller.claims) }] });
      export default defineCatalog({ tools: [defineTool({ name: 'who', title: 'who', description: 'who', inputSchema: { type: 'object' }, handler })] });`,
    );
    const args = ['http', '--stateful', '--sse', '--redis', redis.url, ...issuer.args, '--server', file];
    nodes = await Promise.all([1, 2].map(() => spawnServer(args, issuer.env)));
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([redis.stop(), issuer.close(), rm(folder, { recursive: true })]);
  });

  /** A new token's header and its claims. */
  function holder(sub: string) {
    const token = issuer.token(sub);
    const claims = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Record<string, unknown>;
    return { headers: { Authorization: `Bearer ${token}` }, claims };
  }

  test('reaches a tool on every node: of the very token that came with the call, and of no other', async () => {
    const ann = holder('ann');
    const session = await openSession(`${nodes[0]?.origin}/mcp`, { headers: ann.headers });
    const later = holder('ann');
    expect(later.claims.jti).not.toBe(ann.claims.jti);
    for (const { origin } of nodes)
      for (const { headers, claims } of [ann, later, ann]) {
        const { result } = await ask(`${origin}/mcp`, { ...session, ...headers }, callOf('who'));
        expect(JSON.parse(result.content[0].text as string)).toEqual(claims);
      }
  });

  test('reaches a tool over the legacy SSE, whichever node the message came to', async () => {
    const ann = holder('ann');
    const events = new EventReader(await fetch(`${nodes[0]?.origin}/sse`, { headers: ann.headers }));
    const path = (await events.next())?.data;
    for (const { origin } of nodes)
      for (const { headers, claims } of [holder('ann'), ann]) {
        expect((await post(`${origin}${path}`, callOf('who'), headers)).status).toBe(202);
        expect(JSON.parse((await events.message()).result.content[0].text as string)).toEqual(claims);
      }
    await events.close();
  });

  test('is not kept: nothing of it is in Redis', async () => {
    const ann = holder('ann');
    const session = await openSession(`${nodes[0]?.origin}/mcp`, { headers: ann.headers });
    await ask(`${nodes[1]?.origin}/mcp`, session, callOf('who'));
    const keys = (await redis.command('KEYS', '*')) as string[];
    const hashes = keys.filter((key) => key.includes(String(session['Mcp-Session-Id'])));
    expect(hashes.length).toBeGreaterThan(0);
    const dumps = await Promise.all(hashes.map((key) => redis.command('HGETALL', key).then(JSON.stringify, () => '')));
    expect(dumps.join()).toContain('ann');
    expect(dumps.join()).not.toContain(String(ann.claims.jti));
  });
});
