// Measures this project against others and against the bare frameworks: `npm run bench`, `npm run bench -- --quick`.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeMachine, findCores } from './machine.js';
import { startLoad } from './measure/load.js';
import { findRedis, startRedis } from './measure/redis.js';
import { USAGE, commandOf, readOptions } from './options.js';
import { measureAll } from './plan.js';
import { drawChart } from './report/chart.js';
import { speedTables } from './report/markdown.js';
import { terminalTables } from './report/tables.js';
import { tooSlow } from './report/targets.js';

// An exit that runs the exit handlers: they end what was started.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const options = readOptions(process.argv.slice(2));
if (options.fault !== undefined) {
  console.error(options.fault);
  process.exitCode = 1;
} else if (options.help) {
  console.log(USAGE);
} else {
  const results =
    options.from === undefined ? await measure(options) : JSON.parse(await readFile(options.from, 'utf8'));
  console.log(options.markdown ? speedTables(results) : terminalTables(results));
  if (options.svg !== undefined) await write(options.svg, drawChart(results));
  const slow = options.quick ? tooSlow(results) : [];
  for (const { title, shown, target } of slow)
    console.error(`${title}: ${shown} misses its target, ${target}, by more than a fifth`);
  process.exitCode = slow.length > 0 || results.broken.length > 0 ? 1 : 0;
}

async function measure(options) {
  const { quick, only, rounds, seconds, binary, profile, json } = options;
  const notes = [];
  const start = Date.now();
  const cores = findCores();
  const bench = {
    rounds,
    seconds,
    cores,
    binary: resolve(binary),
    profile: profile && resolve(profile),
    note: (text) => notes.push(text),
    say: (text) => console.error(`${String(Math.round((Date.now() - start) / 1000)).padStart(4)} s  ${text}`),
  };
  if (!existsSync(bench.binary)) throw new Error(`There is no ${binary}: npm run build`);
  if (!cores) bench.note('Servers and load share the cores: processes can’t be pinned here');
  const redis = findRedis() === undefined ? undefined : await startRedis(cores?.load);
  if (!redis) bench.note('Redis was not measured: there is no redis-server or valkey-server on the PATH');
  const load = startLoad(cores?.load);
  try {
    const { figures, broken } = await measureAll({ ...bench, load, redis: redis?.url }, { quick, only });
    const results = {
      date: new Date(start).toISOString(),
      command: commandOf(options),
      took: Math.round((Date.now() - start) / 1000),
      machine: { ...describeMachine(), pinned: cores !== undefined },
      settings: { rounds, seconds },
      notes,
      broken,
      ...figures,
    };
    await write(json, `${JSON.stringify(results, undefined, 2)}\n`);
    return results;
  } finally {
    await load.stop();
    await redis?.stop();
  }
}

async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
