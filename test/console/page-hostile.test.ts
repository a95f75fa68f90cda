import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RING } from '../../src/console/wire/wire.js';
import { startChromium } from '../auth/helpers/chromium.js';
import { eventually } from '../helpers/eventually.js';
import { spawnsPerTest } from '../helpers/servers.js';
import { addressOf, ask, call, cookieOf, ENV, FIXTURE, openPage, OWN, pick, runIn } from './helpers.js';

const HOSTILE = `"><img src=x onerror="document.title='owned'">`;
/** A flood from a machine that is busy takes a minute. */
const FLOOD_MS = 180_000;
const spawn = spawnsPerTest();
let chromium: Browser;

beforeAll(async () => void (chromium = await startChromium()));
afterAll(async () => void (await chromium?.close()));

const post = (origin: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(`${origin}/mcp`, { 'content-type': 'application/json', ...headers }, 'POST', JSON.stringify(body));

it('whatever a server, a client or a header says is text, and no more', async () => {
  const server = await spawn(['http', ...FIXTURE], ENV);
  const { page, complaints } = await openPage(chromium, server.origin);
  await pick(page, 'hostile');
  await page.getByRole('heading', { name: HOSTILE }).waitFor();
  await page.getByRole('textbox', { name: HOSTILE }).first().fill(HOSTILE);
  await call(page);
  await runIn(page, 'Legacy').locator('.result > .text').getByText(HOSTILE).waitFor();
  await pick(page, 'console://text');
  await call(page);
  await runIn(page, 'Legacy').locator('.result .text').getByText(HOSTILE).waitFor();
  await pick(page, 'picture');
  await call(page);
  const run = runIn(page, 'Legacy');
  await run.getByRole('img', { name: /image\/png/ }).waitFor();
  expect(await run.locator('.result img').count()).toBe(1);

  await page.getByRole('tab', { name: 'Wire' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const clientInfo = { name: HOSTILE, version: HOSTILE };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo, name: HOSTILE };
  await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'initialize', params }, { 'x-hostile': HOSTILE });
  await page.locator('tbody tr').first().getByRole('button').click();
  await page
    .getByText(/^\d+ headers$/)
    .first()
    .click();
  await page.getByRole('definition').filter({ hasText: HOSTILE }).waitFor();
  await page.getByRole('tab', { name: 'Sessions' }).click();
  await page.locator('tbody').getByText(HOSTILE).first().waitFor();
  expect(await page.title()).toBe('mcp-calc console');
  expect(await page.locator('img, script:not([src])').count()).toBe(1);
  expect(complaints).toEqual([]);
});

it('a page of another port of this machine gets nothing, though the browser sends it along', async () => {
  const [server, neighbour] = await Promise.all([spawn(['http'], ENV), spawn(['http'], ENV)]);
  const { page } = await openPage(chromium, server.origin);
  await page.getByText('2025-11-25, session').waitFor();
  // The same site, by the browser's reckoning: only ports differ.
  await page.goto(addressOf(neighbour.origin));
  const tried = await page.evaluate(
    `Promise.all(['about', 'sessions'].map((path) => fetch(${JSON.stringify(server.origin)} + '/console/api/' + path,
      { credentials: 'include', headers: { 'x-mcp-calc-console': '1' } }).then(({ status }) => status, () => 'refused')))`,
  );
  expect(tried).toEqual(['refused', 'refused']);
});

it(
  'a flood is bounded: two who watch see its newest, and who does not read is told what was dropped',
  async () => {
    const server = await spawn(['http', '--stateless', '--rate-limit', 'off'], ENV);
    const pages = await Promise.all([openPage(chromium, server.origin), openPage(chromium, server.origin)]);
    for (const { page } of pages) {
      await page.getByRole('tab', { name: 'Wire' }).click();
      await page.getByText('Live', { exact: true }).waitFor();
    }
    // One who does not read at all.
    const over = new AbortController();
    const headers = { ...OWN, cookie: await cookieOf(server.origin) };
    const unread = await fetch(`${server.origin}/console/api/wire`, { headers, signal: over.signal });
    const padding = 'x '.repeat(900);
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping', params: { padding } };
    for (let sent = 0; sent < 3 * RING.entries; sent += 50)
      await Promise.all(Array.from({ length: 50 }, () => post(server.origin, ping)));
    for (const { page } of pages) {
      await page.getByText('The newest 300 are kept.').waitFor();
      await eventually(async () => expect(await page.locator('tbody tr').count()).toBe(300));
    }
    await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'the_last_one' });
    for (const { page } of pages) await page.getByRole('button', { name: 'the_last_one' }).waitFor();
    const dropped = await droppedIn(unread);
    expect(dropped).toBeGreaterThan(0);
    over.abort();
  },
  FLOOD_MS,
);

/** How many entries a watcher is told that it has missed. */
async function droppedIn(response: Response): Promise<number> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text = (text + new TextDecoder().decode(chunk as Uint8Array)).slice(-100_000);
    const [, count] = /event: dropped\ndata: (\d+)\n/.exec(text) ?? [];
    if (count !== undefined) return Number(count);
  }
  return 0;
}

it('more than a few watchers are refused, and those that go make room', async () => {
  const server = await spawn(['http', '--stateless'], ENV);
  const headers = { ...OWN, cookie: await cookieOf(server.origin) };
  const over = new AbortController();
  const watch = () => fetch(`${server.origin}/console/api/wire`, { headers, signal: over.signal });
  const first = await Promise.all(Array.from({ length: 8 }, watch));
  expect(first.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
  expect((await watch()).status).toBe(503);
  over.abort();
  await eventually(async () => {
    const again = new AbortController();
    const { status } = await fetch(`${server.origin}/console/api/wire`, { headers, signal: again.signal });
    again.abort();
    expect(status).toBe(200);
  });
});
