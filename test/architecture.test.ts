import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each folder of src may import, beside itself and npm packages. A single file stands as `folder/file`. */
const MAY_IMPORT: Record<string, readonly string[] | 'anything'> = {
  rpc: [],
  net: [],
  text: [],
  calculator: [],
  config: ['log'],
  log: [],
  metrics: [],
  telemetry: ['metrics', 'package-info'],
  'package-info': [],
  catalog: ['sessions (types)'],
  'calculator-catalog': ['calculator', 'catalog'],
  sessions: ['log'],
  protocol: ['catalog', 'sessions', 'log', 'metrics', 'telemetry', 'package-info'],
  http: ['log', 'metrics', 'telemetry', 'package-info'],
  auth: ['http', 'sessions', 'log'],
  'auth-server': ['auth', 'http', 'sessions', 'log'],
  children: ['protocol', 'sessions', 'log', 'package-info'],
  transports: ['protocol', 'sessions', 'http', 'auth', 'log', 'metrics', 'telemetry'],
  console: ['http', 'sessions', 'log'],
  server: [
    'config',
    'console',
    'catalog',
    'calculator-catalog',
    'children',
    'protocol',
    'sessions',
    'transports',
    'http',
    'auth',
    'auth-server',
    'log',
    'metrics',
    'telemetry',
    'package-info',
  ],
  hosts: [],
  client: ['log', 'package-info'],
  doctor: ['config', 'sessions', 'client', 'hosts'],
  cli: 'anything',
  // What the package exports.
  index: 'anything',
  fetch: 'anything',
  testing: ['server', 'auth', 'catalog', 'protocol', 'sessions', 'log', 'metrics'],
  storage: ['sessions'],
  authors: ['catalog'],
};

/** Small knowledge of one topic each, which every folder may import. */
const LEAVES = ['rpc', 'net', 'text'];

/** The only folders that know the MCP SDK: a second generation of the protocol can then stand beside the first. */
const KNOW_THE_SDK = /^src\/(protocol\/hosted|auth|auth-server|client|cli)\//;

const LINES_LIMIT = 300;

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const sources = filesIn('src');
const imports = sources.flatMap(importsOf);

describe('the import table', () => {
  test('every folder of src is in it', () => {
    expect([...new Set(sources.map(areaOf))].filter((area) => !(area in MAY_IMPORT))).toEqual([]);
  });

  test.each(Object.entries(MAY_IMPORT))('%s imports only what it may', (area, allowed) => {
    if (allowed === 'anything') return;
    const offending = imports
      .filter((found) => areaOf(found.file) === area)
      .filter((found) => !isAllowed(found, area, allowed));
    expect(offending).toEqual([]);
  });

  test('only the layers beside the wire import the MCP SDK', () => {
    const offending = imports.filter(
      ({ file, specifier }) => specifier.startsWith('@modelcontextprotocol/') && !KNOW_THE_SDK.test(file),
    );
    expect(offending).toEqual([]);
  });

  test("the protocol and the contract of authors need nothing of Node, but for an author's own SDK server", () => {
    const offending = imports.filter(
      ({ file, specifier }) => /^src\/(protocol|catalog|rpc)\/(?!hosted\/)/.test(file) && specifier.startsWith('node:'),
    );
    expect(offending).toEqual([]);
  });

  test('ioredis is loaded only by the Redis storage, and only types of it elsewhere', () => {
    const offending = imports.filter(
      ({ file, specifier, typeOnly }) =>
        specifier === 'ioredis' && !typeOnly && !/^src\/(sessions\/redis|server)\//.test(file),
    );
    expect(offending).toEqual([]);
  });

  test('reads a dynamic import and a re-export like any other', () => {
    expect(
      parse("const a = await import('./a.js');\nexport { b } from './b.js';\nimport type { C } from './c.js';"),
    ).toEqual([
      { specifier: './a.js', typeOnly: false },
      { specifier: './b.js', typeOnly: false },
      { specifier: './c.js', typeOnly: true },
    ]);
  });
});

describe('the imports between files', () => {
  test('form no circle, not even of types or of what is loaded later', () => {
    expect(circlesIn(graphOf(imports))).toEqual([]);
  });

  test('a circle is found, whoever it is entered by, and told from its neighbours', () => {
    const graph = { a: ['b'], b: ['c', 'd'], c: ['b', 'e'], d: ['e', 'd'], e: [], f: ['g', 'a'], g: ['f'] };
    expect(circlesIn(new Map(Object.entries(graph)))).toEqual([['b', 'c'], ['d'], ['f', 'g']]);
  });
});

test(`no file is longer than ${LINES_LIMIT} lines`, () => {
  const files = ['src', 'test', 'examples', 'bin'].flatMap(filesIn);
  const long = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > LINES_LIMIT + 1);
  expect(long).toEqual([]);
});

/** The source files below a folder, relative to the project. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[tj]sx?$/.test(file) && !/node_modules|^bench.results/.test(file))
    .map((file) => join(folder, file));
}

function isAllowed({ file, specifier, typeOnly }: Import, area: string, allowed: readonly string[]): boolean {
  if (!specifier.startsWith('.')) return true;
  const target = targetOf(file, specifier);
  if (target === 'package.json') return area === 'package-info';
  const targetArea = areaOf(target);
  if (targetArea === area || LEAVES.includes(targetArea) || allowed.includes(targetArea)) return true;
  if (typeOnly && allowed.includes(`${targetArea} (types)`)) return true;
  return allowed.some((entry) => target === `src/${entry}.ts`);
}

/** The file that a relative import of another names. */
function targetOf(file: string, specifier: string): string {
  const target = join(dirname(file), specifier).replace(/\.js$/, '.ts');
  return sources.includes(`${target}x`) ? `${target}x` : target;
}

function graphOf(found: readonly Import[]): Map<string, string[]> {
  const graph = new Map<string, string[]>(sources.map((file) => [file, []]));
  for (const { file, specifier } of found)
    if (specifier.startsWith('.')) graph.get(file)?.push(targetOf(file, specifier));
  return graph;
}

/** What reaches itself, in groups that reach one another; each group, and the list of them, in alphabetical order. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map([...graph.keys()].map((file) => [file, reachedFrom(file, graph)]));
  const circles = new Map<string, string[]>();
  for (const file of [...graph.keys()].sort()) {
    const circle = [...(reached.get(file) ?? [])].filter((other) => reached.get(other)?.has(file)).sort();
    if (circle[0] !== undefined) circles.set(circle[0], circle);
  }
  return [...circles.values()];
}

function reachedFrom(start: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(graph.get(start) ?? [])];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(...(graph.get(file) ?? []));
  }
  return reached;
}

/** `src/http/app.ts` → `http`, `src/log.ts` → `log`. */
function areaOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.ts$/, '');
}

function importsOf(file: string): Import[] {
  return parse(readFileSync(join(ROOT, file), 'utf8')).map((found) => ({ file, ...found }));
}

function parse(source: string): Omit<Import, 'file'>[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern =
    /(?:^|[;\n])\s*(?:import|export)\s+(type\s)?[^'";]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)|^\s*import\s*['"]([^'"]+)['"]/gm;
  return [...code.matchAll(pattern)].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}
