import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../auth/helpers/chromium.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { ask, call, ENV, FIXTURE, openPage, pick, runIn } from './helpers.js';

/** Bytes of all that the page loads, compressed. */
const LIMIT_BYTES = 150_000;

let chromium: Browser;
let server: SpawnedServer;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [chromium, server] = await Promise.all([startChromium(), spawnServer(['http', ...FIXTURE], ENV)]);
  ({ page, complaints } = await openPage(chromium, server.origin));
});
afterEach(() => complaints.splice(0));
afterAll(async () => {
  await Promise.all([chromium?.close(), server?.stop()]);
});

it('loads no more than its bound, from nowhere else, and breaks none of its own rules', async () => {
  const files = await Promise.all(
    ['', '/app.js', '/app.css', '/icon.svg'].map((path) => ask(`${server.origin}/console${path}`)),
  );
  expect(files.reduce((sum, { body }) => sum + gzipSync(body).length, 0)).toBeLessThan(LIMIT_BYTES);
  await page.getByText('2025-11-25, session').waitFor();
  expect(new URL(page.url()).search).toBe('');
  const loaded = await page.evaluate(
    'performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin)',
  );
  expect(new Set(loaded as string[])).toEqual(new Set([server.origin]));
  expect(complaints).toEqual([]);
});

it('makes a form of a schema, and sends what was filled in alone', async () => {
  await pick(page, 'echo');
  await page.getByLabel('name', { exact: false }).first().fill('Ada');
  await page.getByLabel('size').fill('3');
  await page.getByLabel('loud').check();
  await page.getByLabel('colour').selectOption('green');
  await page.getByRole('button', { name: 'Add to tags' }).click();
  await page.getByRole('textbox', { name: 'tags 1' }).fill('new');
  await page.getByLabel('city').fill('Ulm');
  await page.getByLabel('either').fill('[not json');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('either').fill('7');
  await page.getByLabel('tue').check();
  await call(page);
  const shown = page.getByLabel('Structured content');
  await shown.waitFor();
  expect(JSON.parse((await shown.textContent()) ?? '')).toEqual({
    name: 'Ada',
    size: 3,
    loud: true,
    colour: 'green',
    tags: ['new'],
    place: { city: 'Ulm' },
    either: 7,
    days: ['tue'],
  });
  expect(await runIn(page, 'Legacy').getByRole('status').textContent()).toBe('Answered');
});

it('shows progress, resumes a stream that was cut off, and cancels', async () => {
  await pick(page, 'slow');
  await page.getByLabel('short').check();
  await call(page);
  const run = runIn(page, 'Legacy');
  await run
    .locator('.progress')
    .getByText(/step \d/)
    .waitFor();
  expect(await run.getByRole('progressbar').getAttribute('max')).toBe('40');
  await run.getByRole('button', { name: 'Cut the connection' }).click();
  await run.getByText(/it is resumed after event …/).waitFor();
  await run.getByText('slow is done').first().waitFor();
  const sent = run.locator('.trace li').filter({ hasText: 'GET /mcp' });
  await sent.locator('summary').click();
  expect(await sent.textContent()).toMatch(/last-event-id\w+\.\d+:\d+/);
  // Every step came, once.
  const steps = await run.locator('.trace .method').filter({ hasText: 'notifications/progress' }).count();
  expect(steps).toBe(20);

  await page.getByLabel('short').uncheck();
  await call(page);
  await run
    .locator('.progress')
    .getByText(/step \d/)
    .waitFor();
  await run.getByRole('button', { name: 'Cancel' }).click();
  await run.getByText('Cancelled', { exact: true }).waitFor();
  await run.getByText('notifications/cancelled').first().waitFor();
});

it('answers questions, forms and addresses, and a model, as a person there says', async () => {
  await pick(page, 'asks');
  await call(page);
  const run = runIn(page, 'Legacy');
  await run.locator('.question').getByText('What is your name?').waitFor();
  expect(await run.getByRole('status').textContent()).toBe('Waits for you');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('The server asks you');
  await run.getByRole('textbox', { name: 'answer' }).fill('Grace');
  await run.getByRole('button', { name: 'Accept' }).click();
  await run.locator('.result > .text').getByText('Grace').waitFor();
  await call(page);
  await run.getByRole('button', { name: 'Decline' }).click();
  await run.locator('.result > .text').getByText('decline').waitFor();

  await pick(page, 'asks_url');
  await call(page);
  await run.getByText('pay.example', { exact: true }).waitFor();
  const link = run.getByRole('link', { name: 'Open it in a new tab' });
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
    'https://pay.example/x?y=1',
    'noopener noreferrer',
  ]);
  await run.getByRole('button', { name: 'Accept' }).click();
  await run.locator('.result > .text').getByText('url accept').waitFor();

  await pick(page, 'samples');
  await call(page);
  await run.locator('.question').getByText('Say something').waitFor();
  await run.getByLabel('What the model says').fill('something');
  await run.getByRole('button', { name: 'Send the answer' }).click();
  await run.locator('.result > .text').getByText('the model said something').waitFor();
});

it('makes the same call in both eras, side by side, each with its wire', async () => {
  await page.getByText('Side by side').click();
  await pick(page, 'asks');
  await call(page);
  for (const era of ['Legacy', 'Modern'] as const) {
    const run = runIn(page, era);
    await run.getByRole('textbox', { name: 'answer' }).fill(`of ${era}`);
    await run.getByRole('button', { name: 'Accept' }).click();
    await run.locator('.result > .text').getByText(`of ${era}`).waitFor();
  }
  const modern = await runIn(page, 'Modern').locator('.trace').textContent();
  const legacy = await runIn(page, 'Legacy').locator('.trace').textContent();
  expect(legacy).toContain('mcp-session-id');
  expect(legacy).toContain('elicitation/create');
  expect(modern).not.toContain('mcp-session-id');
  // Asked in the answer, and answered by the same call once more.
  expect(modern).toContain('input_required');
  expect(modern).toContain('inputResponses');
});

it('reads resources and templates, and gets prompts', async () => {
  await page.getByText('Legacy', { exact: true }).first().click();
  await pick(page, 'console://items/{id}');
  await page.getByRole('textbox', { name: /^id / }).fill('a b');
  await call(page);
  await runIn(page, 'Legacy').getByText('console://items/a%20b').first().waitFor();
  await pick(page, 'review');
  await page.getByRole('textbox', { name: /^code / }).fill('x = 1');
  await call(page);
  await runIn(page, 'Legacy').locator('.result .text').getByText('Review this: x = 1').waitFor();
});

it('shows the wire live, filters it, masks what is secret, and writes it as curl', async () => {
  await page.getByRole('tab', { name: 'Wire' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const headers = { 'content-type': 'application/json', authorization: 'Bearer hunter2-of-a-header' };
  const rpc = { jsonrpc: '2.0', id: 1, method: 'ping', params: { password: 'hunter2-of-a-body', it: "it's" } };
  await ask(`${server.origin}/mcp`, headers, 'POST', JSON.stringify(rpc));
  await ask(`${server.origin}/mcp`, { ...headers, accept: 'text/plain' }, 'POST', '{}');
  const rows = page.locator('tbody tr');
  await rows.getByText('406').waitFor();
  expect(await rows.count()).toBe(2);
  await page.getByLabel('Filter the wire').fill('ping 400');
  await expect.poll(() => rows.count()).toBe(1);
  await rows.getByRole('button').click();
  const details = page.getByRole('article', { name: 'The request' });
  await details.getByText('headers').first().click();
  expect(await details.textContent()).toContain('[redacted]');
  expect(await page.content()).not.toContain('hunter2');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await details.getByRole('button', { name: 'Copy as curl' }).click();
  await details.getByText('Copied').waitFor();
  const copied = String(await page.evaluate('navigator.clipboard.readText()'));
  expect(copied).toContain(
    `curl -gsN \\\n  -X POST \\\n  '${server.origin}/mcp' \\\n  -H 'content-type: application/json'`,
  );
  expect(copied).toContain(`"it":"it'\\''s"`);
});

it('lists the sessions, and ends one', async () => {
  const greeting = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'a stranger', version: '7' },
  };
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: greeting };
  const json = { 'content-type': 'application/json' };
  const { headers } = await ask(`${server.origin}/mcp`, json, 'POST', JSON.stringify(initialize));
  const id = String(headers['mcp-session-id']);
  await page.getByRole('tab', { name: 'Sessions' }).click();
  const row = page.locator('tbody tr').filter({ hasText: 'a stranger' });
  await row.waitFor();
  expect(await row.textContent()).toContain(id.slice(0, 8));
  expect(await page.content()).not.toContain(id);
  await row.getByRole('button').click();
  await page.getByText(`Session ${id.slice(0, 8)}… has ended`).waitFor();
  await row.waitFor({ state: 'detached' });
  const after = await ask(
    `${server.origin}/mcp`,
    { ...json, 'mcp-session-id': id },
    'POST',
    '{"jsonrpc":"2.0","id":2,"method":"ping"}',
  );
  expect(after.status).toBe(404);
});

it('moves between its parts by the keyboard', async () => {
  await page.getByRole('tab', { name: 'Sessions' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe('Try');
  expect(await page.evaluate('document.activeElement.id')).toBe('tab-try');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('region', { name: 'Sessions' }).waitFor();
  expect(complaints).toEqual([]);
});
