import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTED = /(?:from|import\()\s*'(\.[^']+)\.js'/g;

/** What nobody has to install: an author's schemas may be zod or plain JSON Schema. */
const OPTIONAL = /^import .* from 'zod';$/gm;

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
  for (const file of kept) {
    const text = readFileSync(file, 'utf8');
    const lenient = text.replace(
      OPTIONAL,
      '// @ts-ignore: who has none of it writes JSON Schema, and its types are any.\n$&',
    );
    if (lenient !== text) writeFileSync(file, lenient);
  }
}

function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
