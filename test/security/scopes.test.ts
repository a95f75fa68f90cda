import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { post as postModern } from '../helpers/modern.js';
import { ask, callOf, openSession, post } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { BASE, startIssuer } from './helpers/issuer.js';
import type { Issuer } from './helpers/issuer.js';

describe('a tool that asks for a scope', () => {
  let issuer: Issuer;
  let server: SpawnedServer;
  let folder: string;

  beforeAll(async () => {
    issuer = await startIssuer();
    folder = await mkdtemp(join(tmpdir(), 'mcp-calc-scopes-'));
    const index = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
    await writeFile(
      join(folder, 'vault.mjs'),
      `import { defineCatalog, defineTool } from '${index}';
      const handler = (_args, { caller }) => ({ content: [{ type: 'text', text: caller.subject + ': ' + caller.scopes.join(' ') }] });
      const tool = (name, scopes) => defineTool({ name, title: name, description: name, inputSchema: { type: 'object' }, scopes, handler });
      export default defineCatalog({ tools: [tool('open'), tool('vault', ['vault:open'])] });`,
    );
    server = await spawnServer(
      ['http', '--sse', ...issuer.args, '--server', join(folder, 'vault.mjs'), '--required-scopes', 'mcp'],
      issuer.env,
    );
  });
  afterAll(async () => {
    await server.stop();
    await issuer.close();
    await rm(folder, { recursive: true });
  });

  const insufficient = (endpoint: string) =>
    `Bearer error="insufficient_scope", error_description="The token lacks a scope that this needs", scope="mcp vault:open", ` +
    `resource_metadata="${BASE}/.well-known/oauth-protected-resource${endpoint}"`;

  test('answers 403 insufficient_scope over /mcp, also within a batch, and runs with a token that has it', async () => {
    const url = `${server.origin}/mcp`;
    const session = await openSession(url, { headers: issuer.as('ann'), version: '2025-03-26' });
    for (const body of [callOf('vault'), [callOf('open'), callOf('vault')]]) {
      const refused = await post(url, body, session);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, insufficient('/mcp')]);
      expect(await refused.json()).toMatchObject({ error: 'insufficient_scope' });
    }
    expect((await ask(url, session, callOf('open'))).result.content).toEqual([{ type: 'text', text: 'ann: mcp' }]);
    const wider = { ...session, ...issuer.as('ann', { scope: 'mcp vault:open' }) };
    expect((await ask(url, wider, callOf('vault'))).result.content).toEqual([
      { type: 'text', text: 'ann: mcp vault:open' },
    ]);
  });

  test('answers the same in the modern era', async () => {
    const call = (name: string, headers: Record<string, string>) =>
      postModern(`${server.origin}/mcp`, 'tools/call', { name, arguments: {} }, { headers });
    const refused = await call('vault', issuer.as('ann'));
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, insufficient('/mcp')]);
    expect(refused.body).toMatchObject({ error: 'insufficient_scope' });
    expect((await call('open', issuer.as('ann'))).body.result?.content).toMatchObject([{ text: 'ann: mcp' }]);
    const wider = await call('vault', issuer.as('ann', { scope: 'mcp vault:open' }));
    expect(wider.body.result?.content).toMatchObject([{ text: 'ann: mcp vault:open' }]);
  });

  test('answers the same over /messages, and a wider token opens nothing for the narrow one after it', async () => {
    const narrow = issuer.as('ann');
    const events = new EventReader(
      await fetch(`${server.origin}/sse`, { headers: issuer.as('ann', { scope: 'mcp vault:open' }) }),
    );
    const address = `${server.origin}${(await events.next())?.data}`;
    await post(address, { jsonrpc: '2.0', id: 0, method: 'initialize' }, narrow);
    await events.message();
    const refused = await post(address, callOf('vault'), narrow);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, insufficient('/sse')]);
    await post(address, callOf('open'), narrow);
    expect((await events.message()).result.content).toEqual([{ type: 'text', text: 'ann: mcp' }]);
    await post(address, callOf('vault'), issuer.as('ann', { scope: 'mcp vault:open' }));
    expect((await events.message()).result.content).toEqual([{ type: 'text', text: 'ann: mcp vault:open' }]);
    await events.close();
  });

  test('lets nobody in at all who lacks the scope that every request needs', async () => {
    for (const [path, method] of [
      ['/mcp', 'POST'],
      ['/mcp', 'GET'],
      ['/sse', 'GET'],
      ['/messages?sessionId=x', 'POST'],
    ] as const) {
      const refused = await fetch(server.origin + path, { method, headers: issuer.as('ann', { scope: 'other' }) });
      expect([path, refused.status]).toEqual([path, 403]);
      expect(refused.headers.get('www-authenticate')).toContain('scope="other mcp"');
    }
  });
});
