// Shows where a CPU profile's time went: `node test/bench/profile.js <file.cpuprofile> [rows]`. What the benchmark's
// --profile writes covers the start of the server and its warm-up as well; the shares are of the time it was busy.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROWS = 30;
/** What V8 calls the time in which nothing ran. */
const IDLE = new Set(['(idle)', '(root)']);

const [path, rows = String(ROWS)] = process.argv.slice(2);
if (path === undefined) throw new TypeError('Name a .cpuprofile');
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'));
const byId = new Map(nodes.map((node) => [node.id, node]));
for (const node of nodes) for (const child of node.children ?? []) byId.get(child).parent = node;
const sources = new Map();

const self = new Map();
const total = new Map();
const bySource = new Map();
let busy = 0;
for (const [index, id] of samples.entries()) {
  const node = byId.get(id);
  if (IDLE.has(node.callFrame.functionName)) continue;
  const micros = timeDeltas[index];
  busy += micros;
  add(self, nameOf(node), micros);
  add(bySource, sourceOf(node), micros);
  const stack = new Set();
  for (let frame = node; frame?.parent; frame = frame.parent) stack.add(nameOf(frame));
  for (const name of stack) add(total, name, micros);
}
show('Self time, by source', bySource);
show('Self time, by function', self);
show('Total time, by function', total);

function add(map, key, micros) {
  map.set(key, (map.get(key) ?? 0) + micros);
}

function show(title, map) {
  const sorted = [...map].sort(([, a], [, b]) => b - a).slice(0, Number(rows));
  console.log(`\n${title} (${(busy / 1e6).toFixed(2)} s busy)`);
  for (const [name, micros] of sorted) console.log(`${((micros / busy) * 100).toFixed(1).padStart(6)} %  ${name}`);
}

function nameOf(node) {
  return (node.name ??= `${node.callFrame.functionName || '(anonymous)'}  ${sourceOf(node)}:${node.callFrame.lineNumber + 1}`);
}

/** A package, a module of Node's, or the source file that the bundle names above the line. */
function sourceOf({ callFrame: { url, lineNumber, functionName } }) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (packageOf(url) !== undefined || !url.startsWith('file:')) return packageOf(url) ?? url;
  const source = sourcesOf(url).findLast(({ line }) => line <= lineNumber)?.name ?? url.split('/').at(-1);
  return packageOf(source) ?? source;
}

function packageOf(path) {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(path)?.[1];
}

function sourcesOf(url) {
  if (!sources.has(url)) {
    const file = fileURLToPath(url);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const named = lines.map((text, line) => ({ line, name: /^\s*\/\/ ((?:src|node_modules)\/\S+)$/.exec(text)?.[1] }));
    sources.set(
      url,
      named.filter(({ name }) => name !== undefined),
    );
  }
  return sources.get(url);
}
