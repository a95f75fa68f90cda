import { openExpress, openFastify, openFetch } from './embedded.js';
import { startRedis } from './redis-process.js';
import { startRoundRobin } from './round-robin.js';
import { startRuntime } from './runtimes.js';
import { startServer } from './server-process.js';

const FIXTURE = 'examples/conformance/server.js';

/** The same server as a program of stdio, of both eras. */
const COMMAND = [process.execPath, 'bin/mcp-calc.js', 'stdio', '--server', FIXTURE];

/** Scenarios that need a session: in them the server asks the client something, or streams of one session are compared. */
const NEED_A_SESSION = [
  'tools-call-sampling',
  'tools-call-elicitation',
  'elicitation-sep1034-defaults',
  'elicitation-sep1330-enums',
  'server-sse-multiple-streams',
  // Not scored: it polls the stream of a call, which only a session keeps.
  'server-sse-polling',
];

/** Scenarios that need a storage, which a fetch handler has only where its author brings one: to tell of changes, and to keep tasks. */
const NEED_CHANGES = ['resources-subscribe', 'resources-unsubscribe'];
const NEED_TASKS = [
  'tasks-capability-negotiation',
  'tasks-dispatch-and-envelope',
  'tasks-lifecycle',
  'tasks-mrtr-composition',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-request-state-removal',
  'tasks-required-task-error',
  'tasks-wire-fields',
];

const WITHOUT_STORAGE = { '2025-11-25': [...NEED_A_SESSION, ...NEED_CHANGES], '2026-07-28': NEED_TASKS };

/** Every scenario must pass. */
const NONE = { '2025-11-25': [], '2026-07-28': [] };

/**
 * The set-ups that the suite is run against.
 * @type {Record<string, {
 *   title: string,
 *   mayFail: Record<string, readonly string[]>,
 *   open(): Promise<{ url: string, close(): Promise<void> }>,
 * }>}
 */
export const targets = {
  stateful: {
    title: 'one node, sessions in memory',
    mayFail: NONE,
    open: () => startServer(['http', '--stateful', '--port', '0', '--server', FIXTURE]),
  },
  cluster: {
    title: 'three nodes on one Redis, every request to the next',
    mayFail: NONE,
    open: () => openCluster(['--server', FIXTURE]),
  },
  workers: {
    title: 'two workers on one port, sessions in Redis',
    mayFail: NONE,
    open: () => withRedis(openWorkers),
  },
  stateless: {
    title: 'one node, no sessions',
    mayFail: { ...NONE, '2025-11-25': NEED_A_SESSION },
    open: () => startServer(['http', '--stateless', '--port', '0', '--server', FIXTURE]),
  },
  child: {
    title: 'a command, a process for each session',
    mayFail: NONE,
    open: () => startServer(['http', '--port', '0', '--', ...COMMAND]),
  },
  'child-cluster': {
    title: 'a command behind three nodes on one Redis, every request to the next',
    mayFail: NONE,
    open: () => openCluster([], COMMAND),
  },
  'child-shared': {
    title: 'a command, one process for all',
    mayFail: NONE,
    open: () => startServer(['http', '--port', '0', '--share', '--', ...COMMAND]),
  },
  express: {
    title: 'the library in Express, sessions in memory',
    mayFail: NONE,
    open: () => openExpress({}),
  },
  'express-redis': {
    title: 'the library in Express, sessions in Redis',
    mayFail: NONE,
    open: () => withRedis(openExpress),
  },
  fastify: {
    title: 'the library in Fastify, sessions in memory',
    mayFail: NONE,
    open: () => openFastify({}),
  },
  'fastify-redis': {
    title: 'the library in Fastify, sessions in Redis',
    mayFail: NONE,
    open: () => withRedis(openFastify),
  },
  fetch: {
    title: 'the fetch handler on Node, no sessions',
    mayFail: WITHOUT_STORAGE,
    open: () => openFetch({}),
  },
  'fetch-workerd': {
    title: 'the fetch handler in workerd, no sessions',
    mayFail: WITHOUT_STORAGE,
    open: () => startRuntime('workerd'),
  },
  'fetch-bun': {
    title: 'the fetch handler in Bun, no sessions',
    mayFail: WITHOUT_STORAGE,
    open: () => startRuntime('bun'),
  },
  'fetch-deno': {
    title: 'the fetch handler in Deno, no sessions',
    mayFail: WITHOUT_STORAGE,
    open: () => startRuntime('deno'),
  },
};

/** @param {(options: { redis: string }) => Promise<{ url: string, close(): Promise<void> }>} open */
async function withRedis(open) {
  const redis = await startRedis();
  try {
    const server = await open({ redis: redis.url });
    const close = async () => {
      await server.close();
      await redis.close();
    };
    return { url: server.url, close };
  } catch (error) {
    await redis.close();
    throw error;
  }
}

const openWorkers = ({ redis }) =>
  startServer(['http', '--stateful', '--workers', '2', '--port', '0', '--server', FIXTURE, '--redis', redis]);

async function openCluster(flags, command = []) {
  /** @type {{ close(): Promise<void> }[]} in the order in which they are closed */
  const opened = [];
  const close = async () => {
    for (const each of opened) await each.close();
  };
  try {
    const redis = await startRedis();
    opened.unshift(redis);
    const after = command.length > 0 ? ['--', ...command] : [];
    const args = ['http', '--stateful', '--port', '0', ...flags, '--redis', redis.url, ...after];
    const nodes = [];
    for (let count = 0; count < 3; count += 1) {
      const node = await startServer(args);
      opened.unshift(node);
      nodes.push(new URL(node.url).origin);
    }
    const balancer = await startRoundRobin(nodes);
    opened.unshift(balancer);
    return { url: `${balancer.origin}/mcp`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
