import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Text files of the sources, imported with `?raw` as Vite has it: the build needs them in the bundle. */
export const rawText = {
  name: 'raw-text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -'?raw'.length)),
      namespace: 'raw-text',
    }));
    onLoad({ filter: /.*/, namespace: 'raw-text' }, ({ path }) => ({ contents: readFileSync(path), loader: 'text' }));
  },
};
