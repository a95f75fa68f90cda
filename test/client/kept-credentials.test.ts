import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { authorizing } from '../../src/client/oauth/authorize.js';
import { fileCredentials } from '../../src/client/oauth/credentials.js';
import { PersonProvider } from '../../src/client/oauth/provider.js';
import { personSignIn } from '../../src/client/oauth/sign-in.js';
import { listen } from './hostile.js';
import type { SmallServer } from './hostile.js';

const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-kept-'));
const file = join(folder, 'credentials.json');
let server: SmallServer;
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

it('what is kept is read once, and again when its token is refused: another process may have renewed it', async () => {
  const seen: (string | undefined)[] = [];
  let good = 'first';
  server = await listen((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(request.headers.authorization === `Bearer ${good}` ? 200 : 401).end();
  });
  const keep = (token: string): void =>
    writeFileSync(file, JSON.stringify({ [server.origin]: { tokens: { access_token: token, token_type: 'Bearer' } } }));
  keep('first');
  const provider = new PersonProvider(server.origin, fileCredentials(file), {});
  const fetchFn = authorizing(new URL(server.origin), personSignIn(provider))(fetch);
  const ask = async (): Promise<number> => (await fetchFn(server.origin)).status;

  expect(await ask()).toBe(200);
  keep('second');
  // Read at each request, it would be the second already, and be refused.
  for (let asked = 0; asked < 5; asked++) expect(await ask()).toBe(200);
  expect(new Set(seen)).toEqual(new Set(['Bearer first']));

  good = 'second';
  seen.length = 0;
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(200);
  // No sign-in, and no further refusal.
  expect(seen).toEqual(['Bearer first', 'Bearer second', 'Bearer second']);
});
