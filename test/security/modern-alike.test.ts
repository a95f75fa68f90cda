import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from '../auth/helpers/chromium.js';
import { serve } from '../auth/helpers/serve.js';
import { EventReader } from '../helpers/event-reader.js';
import { envelope, MODERN, post } from '../helpers/modern.js';
import { post as postAny, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { Issuer } from './helpers/issuer.js';
import { BASE, startIssuer } from './helpers/issuer.js';

const ADD = { name: 'calculate', arguments: { a: 1, b: 2, op: 'add' } };
const STATS = 'calculator://stats';
const INTERVIEW_CALL = {
  name: 'solve_math_problem',
  arguments: { problem: 'What is the area of a circle?' },
  _meta: envelope({ elicitation: {} }),
};

describe('what stands before both eras holds the modern one alike:', () => {
  let issuer: Issuer;
  const servers: SpawnedServer[] = [];
  const start = async (...args: string[]): Promise<string> => {
    const server = await spawnServer(['http', ...args], issuer.env);
    servers.push(server);
    return `${server.origin}/mcp`;
  };
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  afterAll(() => issuer.close());

  test('a token is asked for, and a state of another caller opens nothing', async () => {
    const url = await start(...issuer.args);
    const bare = await post(url, 'server/discover');
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toContain(`${BASE}/.well-known/oauth-protected-resource/mcp`);
    const { body } = await post(url, 'tools/call', INTERVIEW_CALL, { headers: issuer.as('ann') });
    const { requestState, inputRequests } = body.result as { requestState: string; inputRequests: object };
    const answer = { action: 'accept', content: { radius: 2 } };
    const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, answer]));
    const retry = { ...INTERVIEW_CALL, requestState, inputResponses };
    for (const intruder of [issuer.as('bob'), issuer.as('ann', { iss: 'https://two.example' })]) {
      const refused = await post(url, 'tools/call', retry, { headers: intruder });
      expect(refused.body.error?.code).toBe(-32602);
    }
    // Another token of hers will do.
    const done = await post(url, 'tools/call', retry, { headers: issuer.as('ann') });
    expect(done.body.result?.resultType).toBe('complete');
  });

  test('a subscription ends with its result when the token expires', async () => {
    const url = await start(...issuer.args);
    const exp = Math.floor(Date.now() / 1000) + 2;
    const params = { notifications: { resourceSubscriptions: [STATS] }, _meta: envelope() };
    const listening = new EventReader(
      await postAny(url, request('subscriptions/listen', params, 'l'), {
        ...issuer.as('ann', { exp }),
        'MCP-Protocol-Version': MODERN,
        'Mcp-Method': 'subscriptions/listen',
      }),
    );
    expect((await listening.message()).method).toBe('notifications/subscriptions/acknowledged');
    await post(url, 'tools/call', ADD, { headers: issuer.as('bob') });
    expect((await listening.message()).params.uri).toBe(STATS);
    expect(await listening.message()).toMatchObject({ id: 'l', result: { resultType: 'complete' } });
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    expect(await listening.next()).toBeUndefined();
  });

  test('a caller who asks too often is stopped, and told when to come back', async () => {
    const url = await start(...issuer.args, '--rate-limit-max', '3');
    const call = (who: string) => post(url, 'tools/call', ADD, { headers: issuer.as(who) });
    for (let count = 0; count < 3; count += 1) expect((await call('ann')).status).toBe(200);
    const refused = await call('ann');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('the server of one era alone is as healthy', async () => {
    const url = await start('--era', 'modern');
    const { origin } = new URL(url);
    for (const path of ['/livez', '/readyz', '/health']) expect((await fetch(origin + path)).status).toBe(200);
    expect((await post(url, 'tools/call', ADD)).status).toBe(200);
  });

  test('a page elsewhere may call it, with all its headers, and one that is not allowed may not', async () => {
    const page = await serve((_req, res) => void res.setHeader('content-type', 'text/html').end('<title>page</title>'));
    const other = await serve(
      (_req, res) => void res.setHeader('content-type', 'text/html').end('<title>other</title>'),
    );
    const url = await start('--allowed-origins', page.url);
    const browser = await startChromium();
    try {
      const calling = async (address: string, headers: Record<string, string>) => {
        const tab = await browser.newPage();
        await tab.goto(address);
        const body = JSON.stringify(request('tools/call', { ...ADD, _meta: envelope() }, 'page'));
        return tab.evaluate(
          async ({ url, headers, body }) => {
            try {
              const answer = await fetch(url, { method: 'POST', headers, body });
              return { status: answer.status, id: answer.headers.get('x-request-id'), text: await answer.text() };
            } catch (error) {
              return { status: 0, id: null, text: String(error) };
            }
          },
          { url, headers, body },
        );
      };
      const headers = {
        'Content-Type': 'application/json',
        'MCP-Protocol-Version': MODERN,
        'Mcp-Method': 'tools/call',
        'Mcp-Name': 'calculate',
        'Mcp-Param-Region': 'eu',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      };
      const allowed = await calling(page.url, headers);
      expect(allowed.status).toBe(200);
      expect(allowed.id).not.toBeNull();
      expect(JSON.parse(allowed.text)).toMatchObject({ id: 'page', result: { structuredContent: { value: 3 } } });
      // What a page must be able to read in order to mend it: the refusal of a header.
      const mismatched = await calling(page.url, { ...headers, 'Mcp-Name': 'other' });
      expect(mismatched.status).toBe(400);
      expect(mismatched.text).toContain('Mcp-Name');
      expect((await calling(other.url, headers)).status).toBe(0);
    } finally {
      await browser.close();
      await Promise.all([page.close(), other.close()]);
    }
  });
});
