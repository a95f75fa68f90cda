import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

describe.concurrent('a flow with a server of its own', () => {
  it.each<[name: string, words: RegExp[]]>([
    [
      'stateful',
      [
        /\$ curl -sS http:\S+\/health\n\{"status":"healthy"/,
        /mcp_active_sessions/,
        /"initialize","params":\{"protocolVersion":"2025-11-25","capabilities":\{\},"clientInfo"/,
        /notifications\/initialized.*\n.*HTTP 202/,
        /4\. Say that the handshake is done\n {3}From now on the server may ask/,
        /\$ SESSION_ID=\$\(curl -sSi .*grep -i Mcp-Session-Id.*\nMcp-Session-Id: \S+/,
        /"Mcp-Session-Id: \$SESSION_ID".*\n.*100 \+ 50 = 150/,
        /calculator:\/\/history/,
        /-X DELETE .*\nHTTP 20/,
      ],
    ],
    [
      'stateless',
      [
        /"pattern":"stateless"/,
        /DIVIDE: 100 ÷ 5 = 20/,
        /\$ curl -sSN .*demo_progress/,
        /Progress step 5 of 5[\s\S]*Progress demonstration completed with 5 steps/,
      ],
    ],
    [
      'modern',
      [
        /\$ curl -sS -X POST http.* -H 'Mcp-Method: server\/discover' .*\n\{.*"supportedVersions":\["2026-07-28"\]/,
        /-H 'Mcp-Name: calculate'.*\n.*100 \+ 50 = 150/,
        /"resultType":"input_required"/,
        /"inputResponses":.*"requestState":.*\n.*"resultType":"complete".*9/,
        /\$ curl -sSN .*subscriptions\/listen[\s\S]*subscriptions\/acknowledged/,
      ],
    ],
    [
      'tasks',
      [
        /-H 'Mcp-Name: demo_progress'.*\n.*"resultType":"task".*"status":"working"/,
        /\$ sleep 0\.5; curl -sS .*-H 'Mcp-Method: tasks\/get' -H 'Mcp-Name: [\w-]+'/,
        /"status":"completed".*completed with 4 steps/,
      ],
    ],
    ['sse', [/event: endpoint\ndata: \/messages\?sessionId=/, /"serverInfo":\{"name":"mcp-calc"/, /100 \+ 50 = 150/]],
    [
      'stdio',
      [
        /printf '%s\\n' '\{.*"initialize".* \| npx mcp-calc stdio/,
        /"serverInfo":\{"name":"mcp-calc"/,
        /100 \+ 50 = 150/,
      ],
    ],
  ])('%s shows each line and its answer', async (name, words) => {
    const { stdout, stderr, code } = await runCli(['client', 'flow', name], { timeoutMs: 15_000 });
    expect(stderr).toBe('');
    for (const pattern of words) expect(stdout).toMatch(pattern);
    // What each step is for stands beneath its title.
    expect(stdout.match(/^\d+\. .*\n {3}\S/gm)).toHaveLength(stdout.match(/^\d+\. /gm)?.length ?? 0);
    expect(code).toBe(0);
  });
});

describe('a flow with a server at an address', () => {
  let server: SpawnedServer;
  beforeAll(async () => {
    server = await spawnServer(['http', '--stateless']);
  });
  afterAll(() => server.stop());

  it('that fits goes to its end', async () => {
    expect((await runCli(['client', 'flow', 'stateless', '--url', `${server.origin}/mcp`])).code).toBe(0);
  });

  it('shows the headers that it was given, secrets as variables', async () => {
    const { stdout } = await runCli([
      'client',
      'flow',
      'stateless',
      '--header',
      'X-Tenant: a b',
      '--token',
      'secret',
      '--url',
      `${server.origin}/mcp`,
    ]);
    expect(stdout).toContain(`$ curl -sS -H 'X-Tenant: a b' -H "Authorization: Bearer $MCP_TOKEN"`);
    expect(stdout).not.toContain('secret');
  });

  it('that does not fit ends at the step that is refused', async () => {
    const { code, stderr } = await runCli(['client', 'flow', 'stateful', '--url', `${server.origin}/mcp`]);
    expect(stderr).toMatch(/^mcp-calc: .*DELETE .* HTTP 405\n {2}This server does not follow the flow/);
    expect(code).toBe(5);
  });
});
