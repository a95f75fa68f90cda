import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { frontOf } from './front.js';
import { findings } from './machine.js';

describe('the headers of the newest revision', () => {
  let server: McpServer;
  let legacy: McpServer;
  beforeAll(async () => {
    [server, legacy] = await Promise.all([startMcpServer(), startMcpServer({ protocol: { eras: ['legacy'] } })]);
  });
  afterAll(() => Promise.all([server.close(), legacy.close()]));

  const check = (url: string) => findings('remote-headers', { url: new URL(url) });

  it('arrive where nothing stands between', async () => {
    expect(await check(server.url)).toEqual(['ok: revision 2026-07-28 is spoken, and its headers arrive']);
  });

  it.each(['mcp-method', 'mcp-name', 'mcp-protocol-version'])('are missed where a gateway strips %s', async (name) => {
    const origin = await frontOf(server.origin, {
      answer(req) {
        delete req.headers[name];
        return false;
      },
    });
    const [found] = await check(`${origin}/mcp`);
    expect(found?.toLowerCase()).toMatch(new RegExp(`^failure: header mismatch: ${name} is missing`));
    expect(await check(server.url)).toHaveLength(1);
  });

  it('are not asked for by an older server', async () => {
    expect(await check(legacy.url)).toEqual(['info: it does not speak revision 2026-07-28']);
  });
});
