// Builds the binary and the public interface. `npm run build` calls it; `prepare` does so after `npm ci`. With `--no-types`
// it leaves out the declarations, which take most of the time.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { fetchBuild } from './scripts/fetch-build.js';
import { pageBuild } from './scripts/page-build.js';
import { rawText } from './scripts/raw-text.js';
import { keepReachable } from './scripts/reachable-types.js';

// Built beside its place and moved there whole: who runs the program meanwhile never meets half of it.
// (As deep as its place: the source maps have relative paths.)
const built = mkdtempSync('dist-');
const old = `${built}-old`;
process.on('exit', () => [built, old].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
chmodSync(built, 0o755); // a temporary folder is its owner's alone

/** A file that several commands share, and is smaller than this, is better read by all of them. */
const SMALL_BYTES = 10_000;

/** Modules of Node that take milliseconds to load, and that not every command needs. */
const SLOW_BUILTINS = /^node:(child_process|net|os|process|readline\/promises|timers\/promises|vm)$/;

/**
 * Leaves out what no code path of ours reaches and every start would pay for: the Ajv that the SDK's `Server` makes only
 * where it is given no validator, and that its `Client` makes just so, the SDK's support for schemas of zod 3, and the programs that
 * commander can start.
 */
const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    const absent = (filter, importer) =>
      onResolve({ filter }, ({ path, importer: from }) =>
        importer.test(from) ? { path, namespace: 'absent', sideEffects: false } : undefined,
      );
    absent(/ajv-provider\.js$/, /sdk\/dist\/esm\/server\//);
    absent(/^node:child_process$/, /\/commander\//);
    absent(/^(zod\/v3|zod-to-json-schema)$/, /@modelcontextprotocol\/sdk\//);
    absent(/^@modelcontextprotocol\/client\/_shims$/, /@modelcontextprotocol\/client\//);
    onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `const absent = () => { throw new Error(${JSON.stringify(`${path} is not part of this build`)}); };
export const CORS_IS_POSSIBLE = false;
export { absent as AjvJsonSchemaValidator, absent as DefaultJsonSchemaValidator, absent as object, absent as zodToJsonSchema };`,
    }));
  },
};

/** What runs in a browser, imported with `?bundled`: built by itself, and in our bundle as a text. */
const bundledPage = {
  name: 'bundled-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?bundled$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -'?bundled'.length)),
      namespace: 'bundled-page',
    }));
    onLoad({ filter: /.*/, namespace: 'bundled-page' }, async ({ path }) => {
      const { outputFiles, metafile } = await build({ ...pageBuild, entryPoints: [path], write: false });
      pageMeta = metafile;
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
};
let pageMeta = { inputs: {} };

/**
 * Has small files of our own, each of which a few commands share, be one file: esbuild makes one for every set of entries that
 * share something, and to find and open a file takes longer at every start than to read what it does not need. They come
 * together where every entry imports them all; not those that load more than themselves.
 */
function together({ inputs, outputs }) {
  const loadsMore = (file, seen = new Set()) =>
    /node_modules|^absent:/.test(file) ||
    (!seen.has(file) &&
      seen.add(file) &&
      inputs[file].imports.some(({ path, kind, external }) =>
        external ? SLOW_BUILTINS.test(path) : kind !== 'dynamic-import' && loadsMore(path, seen),
      ));
  const made = Object.values(outputs);
  const entries = new Set(made.flatMap(({ entryPoint }) => entryPoint ?? []).filter((file) => /^src\/.+\//.test(file)));
  const shared = made
    .filter(({ entryPoint, bytes }) => entryPoint === undefined && bytes < SMALL_BYTES)
    .flatMap((output) => Object.keys(output.inputs ?? {}))
    .filter((file) => file.endsWith('.ts') && !loadsMore(file));
  const importAll = shared.map((file) => `import ${JSON.stringify(resolve(file))};`).join('');
  return {
    name: 'together',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        entries.has(relative('', path))
          ? { contents: readFileSync(path, 'utf8') + importAll, loader: 'ts' }
          : undefined,
      );
    },
  };
}

// Splitting keeps every `await import()` a file of its own, so that a subcommand loads only what it uses. Packages are
// bundled: one file opens faster than a hundred, and `npx` fetches one package instead of a hundred.
const options = {
  entryPoints: { 'cli/main': 'src/cli/main.ts', index: 'src/index.ts', testing: 'src/testing.ts' },
  outdir: built,
  bundle: true,
  splitting: true,
  minify: true,
  legalComments: 'none',
  // For the stacks at the log level `debug`: bin/mcp-calc.js reads them then. They name places; the texts are not shipped.
  sourcemap: 'linked',
  sourcesContent: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  // CommonJS packages in the bundle call it for node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};
const plugins = [leaveOut, rawText, bundledPage];
const apart = await build({ ...options, plugins, write: false });
const { metafile } = await build({ ...options, plugins: [together(apart.metafile), ...plugins] });
const { metafile: fetchMeta } = await build({ ...fetchBuild, outdir: built });
// Node loads it by itself, on another thread: what it shares with the others is a few lines.
await build({
  ...options,
  entryPoints: { 'watch-hooks': 'src/server/watch/hooks.ts' },
  splitting: false,
  sourcemap: false,
  outdir: built,
  banner: {},
});

// A map is for our own code: those of files that hold only packages would be two thirds of them all.
for (const file of Object.keys(metafile.outputs).filter((output) => output.endsWith('.map'))) {
  const { sources } = JSON.parse(readFileSync(file, 'utf8'));
  if (sources.some((source) => !source.includes('/node_modules/'))) continue;
  rmSync(file);
  const script = file.slice(0, -'.map'.length);
  writeFileSync(script, readFileSync(script, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\n$/, '\n'));
}

/** Where the package of an input file is: `node_modules/zod`; undefined for a file of our own. */
const homeOf = (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
const nameOf = (home) => home.split('node_modules/').at(-1);
const inputs = [metafile, fetchMeta, pageMeta].flatMap((meta) => Object.keys(meta.inputs));
const homes = [...new Set(inputs.map(homeOf))].filter((home) => home !== undefined);

// Which packages each file holds: for the test that no command loads what it does not use.
const scripts = Object.entries({ ...metafile.outputs, ...fetchMeta.outputs }).filter(([file]) => file.endsWith('.js'));
const contents = scripts.map(([file, { inputs }]) => [
  file.slice(built.length + 1),
  [...new Set(Object.keys(inputs).map(homeOf))].filter((home) => home !== undefined).map(nameOf),
]);
writeFileSync(join(built, 'contents.json'), JSON.stringify(Object.fromEntries(contents)));

// The licences of what is bundled ask for their texts to go along.
writeFileSync(
  join(built, 'THIRD-PARTY-LICENSES.txt'),
  homes
    .sort()
    .map(licenseOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);

function licenseOf(home) {
  const { name, version, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const file = readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(home, file), 'utf8') : ''}`;
}

if (!process.argv.includes('--no-types')) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', join(built, 'types')], {
    stdio: 'inherit',
  });
  keepReachable(join(built, 'types'), ['index.d.ts', 'fetch.d.ts', 'testing.d.ts']);
}

try {
  renameSync('dist', old);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(built, 'dist');
