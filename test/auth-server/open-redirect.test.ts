import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../auth/helpers/browser.js';
import { RawClient } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';
import type { Served } from '../auth/helpers/serve.js';

let host: Served;
beforeAll(async () => {
  host = await serveDemo();
});
afterAll(() => host.close());

describe('a request with a fault', () => {
  it.each(['https://evil.example/collect?x=1', 'cursor://anysphere.cursor-mcp/oauth/callback'])(
    'sends nobody to %s for a client that has just registered itself: a page says where its link leads',
    async (redirect_uri) => {
      const stranger = await RawClient.register(host.url, { redirect_uris: [redirect_uri] });
      for (const change of [
        { code_challenge: '' },
        { response_type: 'token' },
        { scope: 'unknown' },
        { resource: 'https://else.example/mcp' },
        { prompt: 'none', code_challenge_method: 'plain' },
      ]) {
        const answer = await new Browser().send(stranger.authorizationUrl({ redirect_uri, ...change }));
        expect([answer.status, answer.headers.get('location')], JSON.stringify(change)).toEqual([400, null]);
        expect(answer.headers.get('x-frame-options')).toBe('DENY');
        expect(answer.headers.get('refresh')).toBeNull();
        const page = await answer.text();
        const link = /<a href="([^"]+)"/
          .exec(page)?.[1]
          ?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
        const back = new URL(String(link));
        expect(back.href.startsWith(redirect_uri)).toBe(true);
        expect([back.searchParams.get('state'), back.searchParams.get('iss')]).toEqual(['st&te', host.url]);
        expect(page).toContain(
          new URL(redirect_uri).protocol === 'https:' ? 'evil.example' : 'an application on this device (cursor:)',
        );
      }
      // Not even a request without fault leads there by itself, whatever its `prompt`.
      const asked = await new Browser().send(stranger.authorizationUrl({ redirect_uri, prompt: 'none' }));
      expect(asked.headers.get('location')).toMatch(/^\/fakeupstreamauth\/authorize\?state=/);
    },
  );

  it('shows what is wrong with a request as text', async () => {
    const stranger = await RawClient.register(host.url, { redirect_uris: ['https://evil.example/'] });
    const url = stranger.authorizationUrl({
      redirect_uri: 'https://evil.example/',
      state: '"><img src=x>',
      scope: '<img>',
    });
    const page = await (await new Browser().send(url)).text();
    expect(page).not.toContain('<img');
  });
});
