import { webBuild } from './web-build.js';

/**
 * How the script of the console's page is built.
 * @type {import('esbuild').BuildOptions}
 */
export const pageBuild = {
  ...webBuild,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // All that a tsconfig would say is here: whoever builds an image has not each of them.
  tsconfigRaw: {},
};
