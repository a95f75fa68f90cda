// Makes one file of the panel, which loads nothing: dist/panel.html. And the script of the host's page.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const common = { bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none' };

const { outputFiles } = await build({ ...common, entryPoints: ['panel/panel.js'], write: false, outdir: 'dist' });
const [{ text: script }] = outputFiles;
const page = readFileSync('panel/panel.html', 'utf8')
  .replace('/*style*/', () => readFileSync('panel/panel.css', 'utf8'))
  // A script ends at the first `</script`, even in a string.
  .replace('/*script*/', () => script.replaceAll('</script', String.raw`<\/script`));
await build({ ...common, entryPoints: ['host/host.js'], outdir: 'dist' });
writeFileSync('dist/panel.html', page);
