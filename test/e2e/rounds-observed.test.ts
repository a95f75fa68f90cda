import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { parseExposition } from '../helpers/exposition.js';
import { envelope, post } from '../helpers/modern.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

let server: SpawnedServer;
beforeAll(async () => {
  server = await spawnServer(['http']);
});
afterAll(() => server.stop());

const scrape = async () => parseExposition(await (await fetch(`${server.origin}/metrics`)).text());
const lineOf = (requestId: string) =>
  eventually(() => {
    const lines = server.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const found = lines.find((line) => line.requestId === requestId);
    expect(found).toBeDefined();
    return found as Record<string, unknown>;
  });

test('a round that ends with questions is never counted as done, nor logged so, and its era is told', async () => {
  const counts = async () => {
    const { samples = [] } = (await scrape()).get('mcp_server_operation_duration_seconds') ?? {};
    const modern = samples.filter(({ name, labels }) => name.endsWith('_count') && labels.era === 'modern');
    return Object.fromEntries(modern.map(({ labels, value }) => [`${labels.tool} ${labels.outcome}`, value]));
  };
  const ask = (more: object, requestId: string) =>
    post(
      `${server.origin}/mcp`,
      'tools/call',
      {
        name: 'solve_math_problem',
        arguments: { problem: 'What is the area of a circle?' },
        _meta: envelope({ elicitation: {} }),
        ...more,
      },
      { headers: { 'X-Request-Id': requestId } },
    );
  const { body } = await ask({}, 'round-1');
  expect(body.result).toMatchObject({ resultType: 'input_required' });
  expect(await counts()).toEqual({ 'solve_math_problem input_required': 1 });
  const { requestState, inputRequests } = body.result ?? {};
  const answers = Object.keys(inputRequests as object).map((key) => [
    key,
    { action: 'accept', content: { radius: 2 } },
  ]);
  const done = await ask({ requestState, inputResponses: Object.fromEntries(answers) as object }, 'round-2');
  expect(done.body.result).toMatchObject({ resultType: 'complete' });
  expect(await counts()).toEqual({ 'solve_math_problem input_required': 1, 'solve_math_problem ok': 1 });
  const tool = 'solve_math_problem';
  const common = { era: 'modern', rpcMethod: 'tools/call', tool, status: 200, path: '/mcp' };
  expect(await lineOf('round-1')).toMatchObject({ ...common, outcome: 'input_required' });
  expect(await lineOf('round-2')).toMatchObject({ ...common, outcome: 'ok' });
});
