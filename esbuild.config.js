// Builds the binary and the public interface. `npm run build` calls it; `prepare` does so after `npm ci`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

// Built beside its place and moved there whole: who runs the program meanwhile never meets half of it.
const folder = mkdtempSync('dist-');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const built = join(folder, 'new');

// Splitting keeps every `await import()` a file of its own, so that a subcommand loads only what it uses.
await build({
  entryPoints: { 'cli/main': 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: built,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  chunkNames: 'chunks/[name]-[hash]',
});

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', join(built, 'types')], { stdio: 'inherit' });

try {
  renameSync('dist', join(folder, 'old'));
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(built, 'dist');
