import { median } from '../measure/median.js';
import { sizedCatalog, subjects } from '../subjects/index.js';
import { calculate } from './requests.js';
import { fire, warmUp } from './turns.js';

const TOOLS = [10, 100, 500];
const SESSIONS = [10, 1_000, 50_000];

/** The cost of one request by the size of the catalog: ours, and the usual pattern's. */
export async function measureCatalogCurve(bench) {
  const curves = {};
  const body = calculate({ name: 'calculate-5' });
  for (const name of ['stateless', 'sdk-stateless']) {
    const start = (tools) => subjects[name].open(bench, { catalog: sizedCatalog, env: { BENCH_TOOLS: String(tools) } });
    curves[name] = await compare(bench, TOOLS, start, async () => ({ body }));
  }
  return curves;
}

/** The cost of one request by the number of sessions; every request is for the next of them. */
export async function measureSessionsCurve(bench) {
  const start = () => subjects.memory.open(bench);
  const shot = async (count, { url }) => ({
    body: calculate(),
    sessions: await bench.load.run('openSessions', { url, count }),
    rotate: true,
  });
  return { memory: await compare(bench, SESSIONS, start, shot) };
}

/** Runs a server for each size at the same time, and asks them in turn. */
async function compare(bench, sizes, start, shotFor) {
  const servers = [];
  try {
    for (const size of sizes) {
      const server = await start(size);
      servers.push({ size, server, turns: [] });
      servers.at(-1).shot = await shotFor(size, server);
      await warmUp(bench, server, servers.at(-1).shot);
    }
    for (let round = 0; round < bench.rounds; round++) {
      for (const { server, shot, turns } of servers) turns.push(await fire(bench, server, shot));
    }
    return servers.map(({ size, turns }) => ({
      size,
      perSecond: median(turns.map(({ perSecond }) => perSecond)),
      cpuMicros: median(turns.map(({ cpuMicros }) => cpuMicros)),
    }));
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
}
