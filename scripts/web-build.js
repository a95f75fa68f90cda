/**
 * How one file is built that runs by web standards alone, without imports.
 * @type {import('esbuild').BuildOptions}
 */
export const webBuild = {
  bundle: true,
  minify: true,
  legalComments: 'none',
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  metafile: true,
};
