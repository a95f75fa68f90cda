import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startChromium } from '../auth/helpers/chromium.js';
import { RawClient, use } from '../auth/helpers/client.js';
import { serveHost } from '../auth/helpers/host.js';
import { serve } from '../auth/helpers/serve.js';
import type { Served } from '../auth/helpers/serve.js';
import { spawnServer } from '../helpers/spawn-server.js';

let chromium: Browser;
let host: Served;
let application: Served;
let client: RawClient;
/** What the browser complained about: broken policies, failed requests, errors of the script. */
const complaints: string[] = [];

beforeAll(async () => {
  chromium = await startChromium();
  host = await serveHost({ mode: 'demo', requiredScopes: [] });
  // Another origin, to which the form's redirects must be let through.
  application = await serve((_req, res) =>
    res
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><link rel="icon" href="data:,"><h1>Back in the application</h1>'),
  );
  client = await RawClient.register(host.url, {
    client_name: 'Notebook',
    redirect_uris: [`${application.url}/callback`],
  });
});
afterEach(async () => {
  await Promise.all(chromium.contexts().map((context) => context.close()));
  complaints.length = 0;
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([host.close(), application.close()]);
});

async function openLogin(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await chromium.newContext(options)).newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // The page was left while its icon was on the way.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()} ${reason}`);
  });
  await toLogin(page);
  return page;
}

const redirect_uri = (): string => `${application.url}/callback`;
const toLogin = (page: Page) => page.goto(client.authorizationUrl({ redirect_uri: redirect_uri() }));

/** Where the browser ended, and whom the token of its code belongs to. */
async function subjectAfter(page: Page): Promise<string> {
  await page.waitForURL(`${redirect_uri()}?**`);
  expect(await page.textContent('h1')).toBe('Back in the application');
  const { body } = await client.exchange(new URL(page.url()).searchParams.get('code') ?? '', {
    redirect_uri: redirect_uri(),
  });
  const used = (await (await use(host.url, body.access_token ?? '')).json()) as { subject: string };
  return (JSON.parse(used.subject) as string[])[1] ?? '';
}

describe('the login page in a browser', () => {
  it('names the application, what it asks for and where it returns to, and breaks none of its own rules', async () => {
    const page = await openLogin();
    expect(await page.textContent('main')).toMatch(/Notebook.*would like to use.*mcp-calc/s);
    expect(await page.textContent('.asked')).toContain('Use the calculator');
    expect(await page.textContent('dl')).toContain(new URL(application.url).host);
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).borderTopLeftRadius')).toBe('16px');
    expect(complaints).toEqual([]);
  });

  it('signs in the person who is picked', async () => {
    const page = await openLogin();
    await page.getByText('Grace Hopper').click();
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await subjectAfter(page)).toBe('grace-hopper');
    expect(complaints).toEqual([]);
  });

  it('keeps a person who was made up, picks them the next time, and forgets them when asked to', async () => {
    const page = await openLogin();
    await page.getByLabel('Someone else').fill('Emmy Noether');
    expect(await page.locator('input[name="user"]:checked').count()).toBe(0);
    await page.keyboard.press('Enter');
    expect(await subjectAfter(page)).toBe('emmy-noether');

    await toLogin(page);
    expect(await page.getByRole('radio', { name: 'Emmy Noether' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await subjectAfter(page)).toBe('emmy-noether');

    await toLogin(page);
    await page.getByRole('button', { name: 'Forget Emmy Noether' }).click();
    expect(await page.getByRole('radio').count()).toBe(3);
    await page.reload();
    expect(await page.getByRole('radio').count()).toBe(3);
    expect(await page.getByRole('radio', { name: 'Ada Lovelace' }).isChecked()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('keeps no name that was refused', async () => {
    const page = await openLogin();
    await page.getByLabel('Someone else').fill('<x>');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.evaluate('localStorage.length')).toBe(0);
    expect(await page.locator('input[name="user"]:checked').count()).toBe(0);
  });

  it('works without script: picking, typing, a name that is none, and cancelling', async () => {
    const page = await openLogin({ javaScriptEnabled: false });
    await page.getByRole('radio', { name: 'Alan Turing' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await subjectAfter(page)).toBe('alan-turing');

    await toLogin(page);
    await page.getByLabel('Someone else').fill('<b>');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('letter or digit');
    expect(await page.getByLabel('Someone else').inputValue()).toBe('<b>');
    await page.getByLabel('Someone else').fill('Sofja');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await subjectAfter(page)).toBe('sofja');

    await toLogin(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${redirect_uri()}?error=access_denied**`);
  });

  it('holds what a damaged or hostile localStorage gives it', async () => {
    const page = await openLogin();
    for (const kept of ['{', '[]', 'null', '{"users":[1,{"a":2},"<img src=x onerror=alert(1)>"],"last":3}']) {
      await page.evaluate(`localStorage.setItem('mcp-calc.users', ${JSON.stringify(kept)})`);
      await page.reload();
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.getByRole('radio', { name: 'Ada Lovelace' }).isChecked()).toBe(true);
    }
    expect(complaints).toEqual([]);
  });

  it.each([
    [1280, 900, 'light'],
    [1280, 900, 'dark'],
    [390, 844, 'light'],
    [390, 844, 'dark'],
    [320, 568, 'light'],
  ] as const)('fits %d by %d in %s, and can be read', async (width, height, colorScheme) => {
    const page = await openLogin({ viewport: { width, height }, colorScheme });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const colour = (selector: string, property: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${property}`) as Promise<string>;
    const [text, ground] = [await colour('.lead', 'color'), await colour('main', 'backgroundColor')];
    // WCAG 2.2, 1.4.3: normal text.
    expect(contrast(text, ground)).toBeGreaterThan(4.5);
    const small = await page.evaluate(
      '[...document.querySelectorAll("button, .user, input[type=text]")].filter((element) => element.getBoundingClientRect().height < 36).length',
    );
    expect(small).toBe(0);
  });

  it('says so when a sign-in has expired', async () => {
    const page = await openLogin();
    await page.goto(`${host.url}/fakeupstreamauth/authorize?state=unknown`);
    expect(await page.textContent('h1')).toContain('can’t go on');
  });
});

it.each([
  ['login.css', 'page.css'],
  ['login.js', 'page.client.js'],
])('the binary brings %s with it as the sources have it', async (served, file) => {
  const server = await spawnServer(['auth-server']);
  try {
    const answer = await fetch(`${server.origin}/fakeupstreamauth/${served}`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/);
    expect(await answer.text()).toBe(
      readFileSync(new URL(`../../src/auth-server/login/${file}`, import.meta.url), 'utf8'),
    );
  } finally {
    await server.stop();
  }
});

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
