/** The text of a file: Vite brings it in where the sources run, and a plugin of esbuild.config.js in the build. */
declare module '*?raw' {
  const text: string;
  export default text;
}
