// `npm run bundle`: makes mcp-calc-VERSION.mcpb of what `npm run build` has built, for hosts that install such bundles. All that
// runs is in it; the names of tools and prompts, which a host shows beforehand, are asked of the program itself.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The official packer. Fetched where it is needed: it would bring fifty packages to everybody. */
const PACKER = '@anthropic-ai/mcpb@2.1.2';
const LISTING_MS = 30_000;
const PACKING_MS = 180_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const target = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-bundle-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { name, version, type } = read('package.json');
const isUnused = (path) => /\.map$|[\\/]dist[\\/](types|contents\.json|(index|fetch|testing)\.js)/.test(path);
for (const entry of ['bin', 'dist', 'LICENSE'])
  cpSync(join(root, entry), join(folder, entry), { recursive: true, filter: (path) => !isUnused(path) });
cpSync(join(root, 'packaging/icon.png'), join(folder, 'icon.png'));
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type, private: true }));

const [tools, prompts] = ['tools', 'prompts'].map((verb) => {
  const args = [join(folder, 'bin/mcp-calc.js'), 'client', verb, '--json'];
  const listed = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: LISTING_MS }))[verb];
  return listed.map(({ name: given, description }) => ({ name: given, description }));
});
// A prompt would have to bring its whole text: that they are made at run time is said instead.
const manifest = { ...read('packaging/manifest.json'), version, tools, prompts_generated: prompts.length > 0 };
writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);

const bundle = join(target ?? root, `${name}-${version}.mcpb`);
if (target !== undefined) mkdirSync(target, { recursive: true });
for (const args of [
  ['validate', join(folder, 'manifest.json')],
  ['pack', folder, bundle],
])
  execFileSync('npx', ['-y', '-p', PACKER, 'mcpb', ...args], { stdio: 'inherit', timeout: PACKING_MS });
console.log(bundle);
