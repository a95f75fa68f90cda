import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rawText } from '../../../scripts/raw-text.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The build has the catalog inside its command line alone: this makes a module of it, for subjects/catalogs/calculator.js. */
export async function buildCatalog() {
  await build({
    entryPoints: [here('../../../src/calculator-catalog/index.ts')],
    outfile: here('../results/catalog.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [rawText],
    logLevel: 'warning',
  });
}
