// `npm version` calls it: brings the new version to the other files that name it.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const files = ['server.json', 'README.md', 'docs/own-server.md'];
for (const file of files) {
  const text = readFileSync(file, 'utf8')
    .replace(/(?<="version": ")[^"]+/g, version)
    .replace(/(?<=mcp-calc-)\d[\w.-]*(?=\.tgz)/g, version);
  writeFileSync(file, text);
}
execFileSync('git', ['add', ...files]);
