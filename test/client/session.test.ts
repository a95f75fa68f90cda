import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callTool } from '../../src/client/calls.js';
import { connect } from '../../src/client/connect.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { listen, sendResult, shakesHands } from './hostile.js';

let server: SpawnedServer;
let url: string;

beforeAll(async () => {
  server = await spawnServer(['http', '--stateful']);
  url = `${server.origin}/mcp`;
});

afterAll(() => server.stop());

describe('a session', () => {
  it('that is lost is opened anew, once, and told of', async () => {
    const notices: string[] = [];
    const connection = await connect(
      { kind: 'http', url: new URL(url), transport: 'auto', headers: {} },
      { era: 'legacy', callbacks: { onNotice: (text) => void notices.push(text) } },
    );
    try {
      await callTool(connection, { name: 'calculate' }, { a: 1, b: 2, op: 'add' });
      const before = connection.client.transport?.sessionId ?? '';
      await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': before } });
      const { content } = await callTool(connection, { name: 'calculate' }, { a: 3, b: 4, op: 'add' });
      expect(content[0]).toMatchObject({ text: expect.stringContaining('3 + 4 = 7') as string });
      expect(connection.client.transport?.sessionId).not.toBe(before);
      expect(notices).toEqual([expect.stringMatching(/no longer knows the session/)]);
    } finally {
      await connection.close();
    }
  });

  it('that is lost again and again ends with an error', async () => {
    let sessions = 0;
    const forgetful = await listen((request, response) => {
      if (request.headers['mcp-session-id'] !== undefined && request.method === 'POST') response.writeHead(404).end();
      else {
        response.setHeader('mcp-session-id', `session-${++sessions}`);
        shakesHands(({ id }, answer) => sendResult(answer, id, {}))(request, response);
      }
    });
    try {
      const { code, stderr } = await runCli([
        'client',
        'ping',
        '--url',
        `${forgetful.origin}/mcp`,
        '--transport',
        'http',
      ]);
      expect(code).toBe(4);
      expect(stderr).toMatch(/mcp-calc: /);
      expect(sessions).toBeLessThan(6);
    } finally {
      await forgetful.close();
    }
  });

  it('ends at the server with the client, unless it is to be kept', async () => {
    const sessions = async (): Promise<number> =>
      Number(
        /^mcp_active_sessions(?:\{[^}]*\})? (\d+)/m.exec(await (await fetch(`${server.origin}/metrics`)).text())?.[1],
      );
    const before = await sessions();
    await runCli(['client', 'ping', '--era', 'legacy', '--url', url]);
    expect(await sessions()).toBe(before);
    await runCli(['client', 'ping', '--era', 'legacy', '--keep-session', '--url', url]);
    expect(await sessions()).toBe(before + 1);
  });
});
