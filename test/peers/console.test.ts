import { SignJWT } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../auth/helpers/chromium.js';
import { call, ENV, FIXTURE, openPage, pick, runIn } from '../console/helpers.js';
import { spawnsPerTest } from '../helpers/servers.js';

const spawn = spawnsPerTest();
let chromium: Browser;

beforeAll(async () => void (chromium = await startChromium()));
afterAll(async () => void (await chromium?.close()));

it('the console speaks HTTP+SSE where a server has nothing else', async () => {
  const { origin } = await spawn(['sse', ...FIXTURE], ENV);
  const { page, complaints } = await openPage(chromium, origin);
  await page.getByText('2024-11-05, HTTP+SSE').waitFor();
  await pick(page, 'asks');
  await call(page);
  const run = runIn(page, 'Legacy');
  await run.getByRole('textbox', { name: 'answer' }).fill('Ada');
  await run.getByRole('button', { name: 'Accept' }).click();
  await run.locator('.result > .text').getByText('Ada').waitFor();
  await pick(page, 'slow');
  await call(page);
  await run
    .locator('.progress')
    .getByText(/step \d/)
    .waitFor();
  expect(await run.getByRole('button', { name: 'Cut the connection' }).count()).toBe(0);
  await run.getByRole('button', { name: 'Cancel' }).click();
  await run.getByText('Cancelled', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Wire' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const over = new AbortController();
  const stream = await fetch(`${origin}/sse`, { headers: { accept: 'text/event-stream' }, signal: over.signal });
  const { value = new Uint8Array() } = (await stream.body?.getReader().read()) ?? {};
  const [, id = 'none'] = /sessionId=(\S+)/.exec(new TextDecoder().decode(value)) ?? [];
  await page.getByRole('button', { name: 'GET /sse' }).click();
  const shown = page.getByRole('article', { name: 'The request' });
  await shown.getByText(/sessionId=/).waitFor();
  expect(await shown.textContent()).toContain(id.split('.')[1]?.slice(0, 8));
  expect(await shown.textContent()).not.toContain(id);
  over.abort();
  await page.getByRole('tab', { name: 'Sessions' }).click();
  await page.locator('tbody').getByText('mcp-calc console').waitFor();
  expect(complaints).toEqual([]);
});

it('the console tries a stateless server in both eras, where nothing asks in the legacy one', async () => {
  const { origin } = await spawn(['http', '--stateless', ...FIXTURE], ENV);
  const { page } = await openPage(chromium, origin);
  await page.getByText('2025-11-25, no session').waitFor();
  await page.getByText('Side by side').click();
  await pick(page, 'asks');
  await call(page);
  await runIn(page, 'Legacy').getByText('isError').first().waitFor();
  await runIn(page, 'Modern').getByRole('textbox', { name: 'answer' }).fill('Ada');
  await runIn(page, 'Modern').getByRole('button', { name: 'Accept' }).click();
  await runIn(page, 'Modern').locator('.result > .text').getByText('Ada').waitFor();
  await page.getByRole('tab', { name: 'Sessions' }).click();
  await page.getByText('This server is stateless').waitFor();
});

it('the console signs in with the access token that it is given, and shows it nowhere', async () => {
  const secret = 'a secret of the tests with enough characters';
  const token = await new SignJWT({ sub: 'ada' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('https://issuer.example')
    .setAudience('console')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
  const auth = ['--auth', 'jwt', '--jwt-issuer', 'https://issuer.example', '--jwt-audience', 'console'];
  const { origin } = await spawn(['http', '--console', ...auth], { ...ENV, JWT_SECRET: secret });
  const { page } = await openPage(chromium, origin);
  await page.getByRole('alert').filter({ hasText: 'Legacy' }).waitFor();
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByText('2025-11-25, session').waitFor();
  await pick(page, 'evaluate');
  await page.getByRole('textbox', { name: /^expression / }).fill('6 * 7');
  await call(page);
  await runIn(page, 'Legacy').locator('.result > .text').getByText('42').waitFor();
  expect(await page.locator('body').textContent()).not.toContain(token);
  await page.getByRole('tab', { name: 'Sessions' }).click();
  await page.locator('tbody').getByText('ada').waitFor();
});
