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
  // The page's own: that of the server has other types and no JSX.
  tsconfig: 'tsconfig.page.json',
  metafile: true,
};
