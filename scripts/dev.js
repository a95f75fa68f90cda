// `npm run dev`: builds, serves, and does both again whenever something in src changes. What stands behind `--` goes to
// mcp-calc: `npm run dev -- stdio`; `http --stateful` by default. While src does not build, the last server stays.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';

/** Editors write a file in several steps, and people save several files. */
const SETTLE_MS = 100;

const args = process.argv.length > 2 ? process.argv.slice(2) : ['http', '--stateful'];
let server;
let timer;
let turns = Promise.resolve();

watch('src', { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(() => (turns = turns.then(turn)), SETTLE_MS);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit()));
turns = turn();

async function turn() {
  const [code] = await once(spawn(process.execPath, ['esbuild.config.js', '--no-types'], { stdio: 'inherit' }), 'exit');
  if (code !== 0) return;
  await stop();
  server = spawn(process.execPath, ['bin/mcp-calc.js', ...args], { stdio: 'inherit' });
}

async function stop() {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill();
  await ended;
}
