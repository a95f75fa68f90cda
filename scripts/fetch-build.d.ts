import type { BuildOptions } from 'esbuild';

/** How `mcp-calc/fetch` is built. */
export const fetchBuild: BuildOptions;
