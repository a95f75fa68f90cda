import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startChromium } from '../auth/helpers/chromium.js';
import { eventually } from '../helpers/eventually.js';
import type { InstalledExample, ListeningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import { envelope, post } from '../helpers/modern.js';
import { freePort } from '../helpers/redis.js';
import { runCli } from '../helpers/run-cli.js';

const URI = 'ui://calculator/panel';
const TYPE = 'text/html;profile=mcp-app';

let installed: InstalledExample;
let server: ListeningScript;
/** The calculator with `--apps`, in the same folder. */
let product: ListeningScript;
let host: ListeningScript;
let browser: Browser;
beforeAll(async () => {
  installed = await installExample('app');
  const port = await freePort();
  // The later of two flags counts: the host's page has a port of its own here.
  const flags = ['--port', '0', '--cors-origin', `http://127.0.0.1:${port}`];
  const calculator = ['exec', '--', 'mcp-calc', 'http', '--stateless', '--apps', ...flags];
  [server, product, host, browser] = await Promise.all([
    installed.listen(['start', '--', ...flags]),
    installed.listen(calculator),
    installed.listen(['host'], { PORT: String(port) }, /http:\/\/[\d.:]+(?=\/\?)/),
    startChromium(),
  ]);
}, INSTALL_LIMIT_MS + 60_000);
afterAll(async () => {
  await browser.close();
  await Promise.all([server.stop(), product.stop(), host.stop()]);
  await installed.remove();
});

describe('the server of examples/app', () => {
  test('names the panel with its tool, and serves it as a page that loads nothing', async () => {
    const { href } = server.url;
    const tools = (await post(href, 'tools/list')).body.result?.tools;
    expect(tools).toMatchObject([
      { name: 'calculator', _meta: { ui: { resourceUri: URI, visibility: ['model', 'app'] }, 'ui/resourceUri': URI } },
    ]);
    const { body } = await post(href, 'resources/read', { uri: URI, _meta: envelope() });
    const [page] = body.result?.contents as [{ mimeType: string; text: string; _meta: object }];
    expect(page).toMatchObject({ mimeType: TYPE, _meta: { ui: { csp: { connectDomains: [], resourceDomains: [] } } } });
    expect(page.text.match(/<(?:script|link|img)\b[^>]*\b(?:src|href)=/g)).toBeNull();
  });

  test.each(['legacy', 'modern'])('has nothing that smoke would warn of in the %s era', async (era) => {
    const { stdout, code } = await runCli(
      ['client', 'smoke', '--strict', '--era', era, '--json', '--url', server.url.href],
      { timeoutMs: 60_000 },
    );
    const { results } = JSON.parse(stdout) as { results: { outcome: string }[] };
    expect(results.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')).toEqual([]);
    expect(code).toBe(0);
  });
});

describe.each([
  ['of examples/app', () => server, 'The panel shows 42 − 2 = 40', 'There is no such number.'],
  ['of --apps', () => product, 'The person has calculated in the panel: 42 − 2 = 40', /zero/],
])('the panel %s, in a host', (_whose, servedBy, words, refusal) => {
  let page: Page;
  let panel: Frame;
  /** What the browser holds against it. */
  const faults: string[] = [];

  beforeEach(async () => {
    await page?.close();
    faults.length = 0;
    page = await browser.newPage({ colorScheme: 'light' });
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${host.url.origin}/?server=${encodeURIComponent(servedBy().url.href)}`);
    await eventually(async () => {
      panel = page.frames().find((frame) => frame !== page.mainFrame()) as Frame;
      expect(await display()).toBe('42');
    }, 15_000);
  });
  afterAll(() => page.close());

  const display = () => panel.locator('#display').textContent({ timeout: 1_000 });
  async function press(...keys: string[]): Promise<void> {
    for (const key of keys) await panel.getByRole('button', { name: key, exact: true }).click();
  }

  test('shows what the tool was called with by the model', async () => {
    // The host sends the arguments first, and then the result, which beforeEach has waited for.
    expect(await display()).toBe('42');
    expect(await panel.evaluate('[origin, location.protocol]')).toEqual(['null', 'about:']);
    expect(faults).toEqual([]);
  });

  test('calls the tool through the host when a key is pressed, and tells the model', async () => {
    await press('minus', '2', 'equals');
    await eventually(async () => expect(await display()).toBe('40'));
    await eventually(async () => expect(await page.locator('#told').textContent()).toBe(words));
    await press('clear', '8', 'divide', '0');
    expect(await display()).toBe('8 ÷ 0');
    await press('equals');
    await eventually(async () => expect(await display()).toMatch(refusal));
    expect(faults).toEqual([]);
  });

  test("follows the host's theme", async () => {
    const paper = () => panel.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'The other theme' }).click();
    await eventually(async () => expect(await paper()).toBe('rgb(28, 28, 30)'));
  });

  test('can reach nothing but its host', async () => {
    const broken = panel.evaluate(
      `new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
        void fetch('${host.url.origin}').catch(() => undefined);
      })`,
    );
    expect(await broken).toBe('connect-src');
  });
});
