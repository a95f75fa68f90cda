import { expect, test } from 'vitest';
import { spawnServer } from '../helpers/spawn-server.js';

test.each([
  [['http'], 'stateful'],
  [['http', '--sse'], 'stateful'],
  [['http', '--stateless'], 'stateless'],
  [['http', '--stateless', '--sse'], 'stateless'],
  [['sse'], 'stateful'],
])('%j says in /health that it is %s', async (args, pattern) => {
  const server = await spawnServer(args);
  try {
    expect(await (await fetch(`${server.origin}/health`)).json()).toMatchObject({ status: 'healthy', pattern });
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
