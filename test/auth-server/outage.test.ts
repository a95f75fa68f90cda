import { describe, expect, it } from 'vitest';
import type { ValueStore } from '../../src/sessions/contract.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';
import { memoryCounter } from '../../src/sessions/memory/counter.js';
import { memoryValueStore } from '../../src/sessions/memory/value-store.js';
import { Browser } from '../auth/helpers/browser.js';
import { RawClient, use } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';

describe('the authorization server', () => {
  it('stops an address that asks too often', async () => {
    const limited = await serveDemo({ count: memoryCounter() });
    const statuses: number[] = [];
    for (let index = 0; index < 62; index += 1) statuses.push((await RawClient.tryRegister(limited.url, {})).status);
    expect(statuses.slice(0, 60).every((status) => status === 201)).toBe(true);
    expect(statuses.slice(60)).toEqual([429, 429]);
    await limited.close();
  });

  it('counts where the rest of the server counts, within the bound that is set there', async () => {
    const limited = await serveDemo({ count: memoryCounter({ keys: 1 }) });
    const statusFrom = async (address: string) =>
      (await fetch(`${limited.url}/register`, { method: 'POST', headers: { 'X-Forwarded-For': address } })).status;
    for (let index = 0; index < 60; index += 1) expect(await statusFrom('203.0.113.1')).toBe(400);
    expect(await statusFrom('203.0.113.1')).toBe(429);
    expect(await statusFrom('203.0.113.2')).toBe(400);
    expect(await statusFrom('203.0.113.1')).toBe(400);
    await limited.close();
  });

  it('answers 503 everywhere, and 401 to no token, when the store does not answer', async () => {
    const fail = () => Promise.reject(new StoreUnavailableError());
    let down = false;
    const store = memoryValueStore();
    const flaky = new Proxy(store, { get: (target, name: keyof ValueStore) => (down ? fail : target[name]) });
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
