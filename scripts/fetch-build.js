import { readFileSync } from 'node:fs';
import { webBuild } from './web-build.js';

/** Of the package's manifest, what a server introduces itself by: the rest would go into the bundle too. */
const introduction = {
  name: 'introduction',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

/**
 * How `mcp-calc/fetch` is built.
 * @type {import('esbuild').BuildOptions}
 */
export const fetchBuild = {
  entryPoints: { fetch: 'src/fetch.ts' },
  ...webBuild,
  plugins: [introduction],
};
