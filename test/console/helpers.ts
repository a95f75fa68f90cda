import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export const TOKEN = 'a-token-of-the-console-+/';
/** What the server is started with, so that a test knows its token. */
export const ENV = { WEB_CONSOLE_TOKEN: TOKEN };
/** A catalog with one tool for each thing that the console does. */
export const FIXTURE = ['--server', new URL('../fixtures/console.js', import.meta.url).pathname];

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with whatever headers: `fetch` makes some of them itself. */
export function ask(url: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method, headers: { ...headers, ...length }, agent: false }, (res) => {
      text(res).then((found) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: found }), reject);
    });
    sent.on('error', reject).end(body);
  });
}

export const addressOf = (origin: string, token = TOKEN) => `${origin}/?token=${encodeURIComponent(token)}`;

/** The cookie that a browser gets for the token, as it sends it back. */
export async function cookieOf(origin: string, token = TOKEN): Promise<string> {
  const { headers } = await ask(addressOf(origin, token));
  return String(headers['set-cookie']?.[0]?.split(';')[0]);
}

/** What only the console's own page sends. */
export const OWN = { 'x-mcp-calc-console': '1' };

/** How long the page may take for one thing, ms. */
const LIMIT_MS = 10_000;

/** The console in a browser of its own; what the browser complains about is collected. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(LIMIT_MS);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(addressOf(origin));
  return { page, complaints };
}

/** Picks something that the server offers, and waits until it can be called. */
export async function pick(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name, exact: true }).click();
}

export const call = (page: Page) =>
  page.getByRole('button', { name: /^(Call the tool|Read it|Get the prompt)$/ }).click();

/** The call in one era. */
export const runIn = (page: Page, era: 'Legacy' | 'Modern') => page.getByRole('region', { name: `The call, ${era}` });
