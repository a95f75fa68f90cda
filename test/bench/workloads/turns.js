import { progressCatalog, subjects } from '../subjects/index.js';
import { calculate, initialize, modernCalculate, modernCallHeaders, progress, toolsList } from './requests.js';

/**
 * What most work is counted with, for each node, because what arrives together shares its round trips to Redis. `connections` of a work
 * says otherwise.
 */
const CONNECTIONS = 16;
const MANY_CONNECTIONS = 30;
/** Fewer than connections, so that every session is asked through several of them, and behind a proxy by every node. */
const SESSIONS = 10;
/** A server's code is compiled after so many requests, or has had its chance after so many seconds. */
const FIRST_WARM_UP = { requests: 6_000, seconds: 1, times: 2 };
/** Before each turn, s. */
const WARM_UP = 0.2;

/**
 * Who is compared takes turns next to one another, and many short ones: the speed of a machine that others use as well may change by
 * half between the first turn of a round and the last.
 */
const NEIGHBOURS = [
  ['express-echo', 'sdk-stateless', 'stateless', 'workers', 'floor-line'],
  ['floor', 'quiet', 'own-quiet', 'mcp-lite'],
  ['mcp-lite-sessions', 'own-sessions'],
  ['memory', 'redis', 'redis-3'],
].flat();

/** Beside the load, so that they say what a call costs, and no more. */
const ON_ALL_CORES = new Set(['workers', 'redis-3']);

/** What a calculation's answer holds; the sum of server-everything is another. */
const CALCULATED = /\b20\b|105/;

/**
 * The work that is counted by the second: `opens` where it needs no session of its own. `expected` stands in every good answer. Works
 * that are compared (`beside`) share their turns.
 * What leaves the most behind comes last.
 */
export const works = {
  calculate: {
    title: '`calculate`',
    unit: 'calls',
    body: ({ tool }) => calculate(tool),
    expected: CALCULATED,
    by: () => true,
  },
  'calculate, 30 connections': {
    title: `\`calculate\`, ${MANY_CONNECTIONS} connections`,
    unit: 'calls',
    body: () => calculate(),
    expected: CALCULATED,
    connections: MANY_CONNECTIONS,
    by: (_subject, name) => ['express-echo', 'floor', 'mcp-lite', 'own-quiet', 'quiet', 'memory'].includes(name),
  },
  'modern calculate': {
    title: '`calculate` of 2026-07-28',
    unit: 'calls',
    body: () => modernCalculate,
    headers: modernCallHeaders,
    expected: /\b20\b/,
    by: ({ modern = false }, name) => modern && !ON_ALL_CORES.has(name),
    opens: true,
    beside: 'calculate',
  },
  'tools/list': {
    title: '`tools/list`',
    unit: 'lists',
    body: () => toolsList,
    expected: /"inputSchema"/,
    by: (_subject, name) => !name.endsWith('-echo') && !ON_ALL_CORES.has(name),
  },
  initialize: {
    title: '`initialize`',
    unit: 'sessions',
    body: ({ headers }) => initialize(headers),
    expected: /"serverInfo"/,
    by: ({ sessions }, name) => (sessions || name === 'floor') && !ON_ALL_CORES.has(name),
    opens: true,
  },
  progress: {
    title: '20 progress events',
    unit: 'streams',
    body: () => progress,
    expected: /"progress":20\b/,
    by: (_subject, name) => ['sdk-stateless', 'sdk-stateful', 'stateless', 'memory', 'redis'].includes(name),
    catalog: progressCatalog,
  },
};

/**
 * Gives the subjects each kind of work in turns, `bench.rounds` times. They run all the while: who has no turn, idles.
 * @returns one figure for each subject, work and round
 */
export async function takeTurns(bench, names, workNames) {
  const figures = [];
  // A catalog of its own means servers of their own.
  for (const catalog of new Set(workNames.map((work) => works[work].catalog))) {
    const own = workNames.filter((work) => works[work].catalog === catalog);
    const servers = await openAll(
      bench,
      names.filter((name) => own.some((work) => works[work].by(subjects[name], name))),
      catalog,
    );
    try {
      for (const work of own.filter((work) => !own.includes(works[work].beside))) {
        const together = [work, ...own.filter((other) => works[other].beside === work)];
        figures.push(...(await takeRounds(bench, servers, together)));
      }
    } finally {
      await Promise.all([...servers.values()].map(({ server }) => server.stop()));
    }
  }
  return figures;
}

async function openAll(bench, names, catalog) {
  const servers = new Map();
  const [near, others] = [
    NEIGHBOURS.filter((name) => names.includes(name)),
    names.filter((name) => !NEIGHBOURS.includes(name)),
  ];
  for (const name of [...near, ...others]) {
    await bench.attempt(name, async () => {
      const server = await subjects[name].open(bench, { ...(catalog !== undefined && { catalog }) });
      servers.set(name, { server, sessions: [] });
      if (subjects[name].sessions) {
        servers.get(name).sessions = await bench.load.run('openSessions', {
          url: server.url,
          count: SESSIONS,
          headers: subjects[name].headers,
        });
      }
    });
  }
  return servers;
}

async function takeRounds(bench, servers, together) {
  const figures = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.say(`${together.join(' and ')}: round ${round} of ${bench.rounds}`);
    for (const [name, running] of servers) {
      for (const work of together.filter((work) => works[work].by(subjects[name], name))) {
        await bench.attempt(name, async () => {
          figures.push({ round, subject: name, work, ...(await takeTurn(bench, name, running, work, round === 1)) });
        });
      }
    }
  }
  return figures;
}

async function takeTurn(bench, name, { server, sessions }, work, isFirst) {
  const { body, headers, opens, connections = CONNECTIONS, expected } = works[work];
  const shot = {
    body: body(subjects[name]),
    headers: { ...subjects[name].headers, ...headers },
    sessions: opens ? [] : sessions,
    connections: connections * (subjects[name].nodes ?? 1),
  };
  if (isFirst) {
    await check(bench, server, shot, expected);
    await warmUp(bench, server, shot);
  }
  const figures = await fire(bench, server, shot);
  await check(bench, server, shot, expected);
  return figures;
}

/** What is measured is not how fast a server fails: the answer is looked at before its turns and after each of them. */
async function check(bench, { url }, { body, headers, sessions }, expected) {
  const answer = await bench.load.run('ask', { url, body, headers, session: sessions[0] });
  if (!expected.test(answer)) throw new Error(`The answer is not what it should be: ${answer.slice(0, 300)}`);
}

/** Lets a server that has just started compile its code. */
export async function warmUp(bench, { url }, shot) {
  const { requests: enough, seconds, times } = FIRST_WARM_UP;
  let sent = 0;
  for (let time = 0; time < times && sent < enough; time++) {
    sent += (await bench.load.run('fire', { url, connections: CONNECTIONS, ...shot, seconds })).requests;
  }
}

/**
 * Warms a server up, then counts. `perSecond` is what its clients saw; `cpuMicros` is the CPU time of one request, which
 * other programs on the machine change far less.
 */
export async function fire(bench, server, options) {
  const shot = { url: server.url, connections: CONNECTIONS, ...options };
  await bench.load.run('fire', { ...shot, seconds: WARM_UP });
  const before = server.cpuMicros();
  const { requests, seconds, p50, p99 } = await bench.load.run('fire', { ...shot, seconds: bench.seconds });
  const used = server.cpuMicros() - before;
  return { perSecond: requests / seconds, cpuMicros: used / requests, p50, p99 };
}
