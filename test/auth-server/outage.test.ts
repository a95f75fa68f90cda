import { describe, expect, it } from 'vitest';
import { memoryAuthStore } from '../../src/auth-server/memory-store.js';
import type { AuthStore } from '../../src/auth-server/store.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';
import { Browser } from '../auth/helpers/browser.js';
import { RawClient, use } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';

describe('the authorization server', () => {
  it('stops an address that asks too often', async () => {
    const limited = await serveDemo({ limits: 'memory' });
    const statuses: number[] = [];
    for (let index = 0; index < 62; index += 1) statuses.push((await RawClient.tryRegister(limited.url, {})).status);
    expect(statuses.slice(0, 60).every((status) => status === 201)).toBe(true);
    expect(statuses.slice(60)).toEqual([429, 429]);
    await limited.close();
  });

  it('answers 503 everywhere, and 401 to no token, when the store does not answer', async () => {
    const fail = () => Promise.reject(new StoreUnavailableError());
    let down = false;
    const store = memoryAuthStore();
    const flaky = new Proxy(store, { get: (target, name: keyof AuthStore) => (down ? fail : target[name]) });
    const shaky = await serveDemo({ store: flaky, introspection: 'anyone' });
    const one = await RawClient.register(shaky.url);
    const browser = new Browser();
    const { state, formUrl } = await browser.open(one.authorizationUrl());
    const { access, refresh } = await one.tokens();
    down = true;
    const answers = [
      await use(shaky.url, access),
      await RawClient.tryRegister(shaky.url, {}),
      await one.refresh(refresh),
      await one.revoke(access),
      await browser.send(one.authorizationUrl()),
      await browser.send(formUrl),
      await browser.submit(formUrl, { state, name: 'Ada', decision: 'allow' }),
      await fetch(`${shaky.url}/introspect`, { method: 'POST', body: new URLSearchParams({ token: access }) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(answers.map(() => '1'));
    down = false;
    expect((await use(shaky.url, access)).status).toBe(200);
    await shaky.close();
  });
});
