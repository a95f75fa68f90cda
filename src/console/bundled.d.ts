/** The script of a page, built for browsers: a plugin of esbuild.config.js brings it in. */
declare module '*?bundled' {
  const text: string;
  export default text;
}
