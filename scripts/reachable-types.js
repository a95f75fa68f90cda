import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTED = /(?:from|import\()\s*'(\.[^']+)\.js'/g;

/**
 * Leaves, of the declarations in a folder, those that the entries reach: what is loaded later has types of its own, which name
 * packages that nobody has to install.
 * @param {string} folder
 * @param {readonly string[]} entries
 */
export function keepReachable(folder, entries) {
  const kept = new Set();
  for (const open = entries.map((name) => join(folder, name)); open.length > 0; ) {
    const file = open.pop();
    if (kept.has(file)) continue;
    kept.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORTED))
      open.push(join(dirname(file), `${path}.d.ts`));
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts') && !kept.has(join(folder, name))) rmSync(join(folder, name));
  }
  removeEmpty(folder);
}

function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
