/**
 * How the script of the console's page is built: one file for browsers, without imports.
 * @type {import('esbuild').BuildOptions}
 */
export const pageBuild = {
  bundle: true,
  minify: true,
  legalComments: 'none',
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // All that a tsconfig would say is here: whoever builds an image has not each of them.
  tsconfigRaw: {},
  metafile: true,
};
