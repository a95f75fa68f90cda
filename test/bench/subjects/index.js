import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openNodes, openServer } from './open.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const everything = () => {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json');
  return join(dirname(manifest), 'dist/index.js');
};

/** A profile with a sample every 250 µs. */
const PROFILED = ['--cpu-prof', '--cpu-prof-interval', '250'];
/** So that a fast machine does not open more sessions than are allowed. */
const MANY_SESSIONS = '1000000';

export const calculatorCatalog = here('catalogs/calculator.js');
export const calculationCatalog = here('catalogs/calculation.js');
export const progressCatalog = here('catalogs/progress.js');
export const sizedCatalog = here('catalogs/sized.js');

/** Ours without the line that it writes for each request: the peers write none. */
const QUIET = ['--log-level', 'error'];
const JSON_ONLY = { accept: 'application/json' };
/** The newest version that mcp-lite knows. */
const OLDER = { 'mcp-protocol-version': '2025-06-18' };

/**
 * What is compared. `open` starts a subject; `options` may name another catalog (`catalog`), variables (`env`), more
 * flags (`flags`), and whether the memory will be measured (`memory`). `headers` stand in for those that a client sends.
 * @typedef {{ title: string, ours: boolean, sessions: boolean, tool?: object, needsRedis?: boolean, peer?: boolean,
 *   nodes?: number, headers?: Record<string, string>, open(bench: object, options?: object): Promise<import('./open.js').Opened> }} Subject
 */

/** @type {Record<string, Subject>} */
export const subjects = {
  'node-echo': program('bare `node:http` echo', 'programs/node-echo.js'),
  'express-echo': program('bare Express echo', 'programs/express-echo.js'),
  floor: program('floor', 'programs/floor.js'),
  'floor-line': program('floor, with the access line', 'programs/floor.js', ['line']),
  'mcp-lite': peer('mcp-lite on Hono, JSON', 'mcp-lite', { headers: { ...OLDER, ...JSON_ONLY } }),
  'mcp-lite-sse': peer('mcp-lite on Hono, SSE', 'mcp-lite', { headers: OLDER }),
  'mcp-lite-sessions': peer('mcp-lite on Hono, sessions', 'mcp-lite', { headers: OLDER, sessions: true }),
  'hono-mcp': peer('@hono/mcp, sessions', 'hono-mcp', { sessions: true }),
  tmcp: peer('tmcp, sessions', 'tmcp', { headers: OLDER, sessions: true }),
  fastmcp: peer('fastmcp, stateless', 'fastmcp', {}),
  sdk2: peer('SDK v2’s handler', 'sdk2', { modern: true }),
  'sdk-stateless': sdk('usual pattern, stateless', 'programs/sdk-stateless.js', false),
  'sdk-stateful': sdk('usual pattern, stateful', 'programs/sdk-stateful.js', true),
  everything: {
    title: 'server-everything',
    ours: false,
    sessions: true,
    tool: { name: 'get-sum', arguments: { a: 100, b: 5 } },
    open: (bench, options) =>
      openServer(
        bench,
        (port) => ({
          args: ['--import', here('programs/loopback-only.js'), everything(), 'streamableHttp'],
          env: { PORT: String(port) },
        }),
        options,
      ),
  },
  own: product('mcp-calc, own tool, stateless', ['--stateless'], false, calculationCatalog),
  'own-quiet': product(
    'mcp-calc, own tool, stateless, no access line',
    ['--stateless', ...QUIET],
    false,
    calculationCatalog,
  ),
  'own-sessions': product(
    'mcp-calc, own tool, stateful, memory, no access line',
    ['--stateful', ...QUIET],
    true,
    calculationCatalog,
  ),
  quiet: product('mcp-calc, stateless, no access line', ['--stateless', ...QUIET], false),
  stateless: product('mcp-calc, stateless', ['--stateless'], false),
  memory: product('mcp-calc, stateful, memory', ['--stateful'], true),
  redis: {
    ...product('mcp-calc, stateful, Redis, one node', [], true),
    needsRedis: true,
    open: (bench, options) =>
      openServer(bench, (port) => ours(bench, port, ['--redis', bench.redis], options), options),
  },
  'redis-3': {
    ...product('mcp-calc, stateful, Redis, three nodes', [], true),
    needsRedis: true,
    nodes: 3,
    open: (bench, options) =>
      openNodes(bench, 3, (port) => ours(bench, port, ['--redis', bench.redis], options), here('programs/proxy.js')),
  },
  workers: {
    ...product('mcp-calc, stateless, 2 workers', ['--stateless', '--workers', '2'], false),
    open: (bench, options) =>
      openServer(
        { ...bench, cores: undefined },
        (port) => ours(bench, port, ['--stateless', '--workers', '2'], options),
        options,
      ),
  },
};

function program(title, path, more = []) {
  const open = (bench, options) =>
    openServer(bench, (port) => ({ args: [here(path), String(port), ...more] }), options);
  return { title, ours: false, sessions: false, open };
}

/** Another project's server, with the same tool: peers/ has their packages. */
function peer(title, name, { sessions = false, ...more }) {
  const { open } = program(title, `../peers/${name}.js`, sessions ? ['sessions'] : []);
  return { title, ours: false, sessions, peer: true, ...more, open };
}

function sdk(title, path, sessions) {
  const open = (bench, options = {}) =>
    openServer(bench, (port) => ({ args: [here(path), String(port), options.catalog ?? calculatorCatalog] }), options);
  return { title, ours: false, sessions, open };
}

function product(title, flags, sessions, catalog) {
  const open = (bench, options) =>
    openServer(bench, (port) => ours(bench, port, flags, { catalog, ...options }), options);
  return { title, ours: true, sessions, modern: true, open };
}

/** The product as it is by default: an access line for every request goes to /dev/null. */
function ours({ binary, profile }, port, flags, { catalog, flags: more = [] } = {}) {
  const args = [
    'http',
    ...flags,
    '--max-sessions',
    MANY_SESSIONS,
    ...more,
    '--port',
    String(port),
    ...(catalog === undefined ? [] : ['--server', catalog]),
  ];
  return { args: [...(profile === undefined ? [] : [...PROFILED, '--cpu-prof-dir', profile]), binary, ...args] };
}
