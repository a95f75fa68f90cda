import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import { introduction } from '../../src/calculator-catalog/introduction.js';
import { compileCatalog } from '../../src/protocol/compile.js';
import { latestVersion, supportedVersions } from '../../src/rpc/versions.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { Answer } from '../helpers/rpc.js';
import { post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';

describe('a greeting that needs no server', () => {
  test('says what the whole catalog says', async () => {
    const { capabilities, catalog } = await compileCatalog(calculatorCatalog({}));
    expect(introduction).toEqual({ capabilities, title: catalog.title, instructions: catalog.instructions });
  });

  test('knows the versions that the SDK speaks', () => {
    expect([...supportedVersions]).toEqual(SUPPORTED_PROTOCOL_VERSIONS);
    expect(supportedVersions[0]).toBe(latestVersion);
  });

  test.each(['2025-11-25', '2024-11-05', '1.0.0'])('is the same over stdio and over HTTP for version %s', async (protocolVersion) => {
    const initialize = request('initialize', { protocolVersion }, 1);
    const { stdout } = await runCli(['stdio'], { input: `${JSON.stringify(initialize)}\n` });
    const server = await startMcpServer({ storage: 'none' });
    try {
      const answer = (await (await post(server.url, initialize)).json()) as Answer;
      expect(JSON.parse(stdout)).toEqual(answer);
    } finally {
      await server.close();
    }
  });

  test('loses no message that comes before the server is there, and keeps their order', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => index + 1);
    const input = [request('initialize', { protocolVersion: '2025-11-25' }, 0), ...ids.map((id) => request('ping', {}, id))];
    const { stdout } = await runCli(['stdio'], { input: input.map((message) => `${JSON.stringify(message)}\n`).join('') });
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line) as Answer);
    expect(answers.map(({ id }) => id)).toEqual([0, ...ids]);
  });

  test('answers a first request that is no initialize', async () => {
    const { stdout } = await runCli(['stdio'], { input: `${JSON.stringify(request('ping', {}, 1))}\n` });
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: {} });
  });
});
