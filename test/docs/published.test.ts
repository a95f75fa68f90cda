import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPublished, version } from '../../src/package-info.js';

const ROOT = join(import.meta.dirname, '../..');
/** What only works with the package in npm's registry. */
const FROM_REGISTRY = /\bnpx (?:-\S+ )*-y mcp-calc\b|\bnpm (?:i|install|add) (?:-\S+ )*mcp-calc\b|\bnpx mcp-calc@/;
const TOLD = "The package is not in npm's registry yet";

const markdown = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => join(folder, file));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('no page has a line that needs the package in a registry before it is there, and none says so after', () => {
  const pages = ['README.md', 'SECURITY.md', ...markdown('docs'), ...markdown('examples')];
  expect(pages.length).toBeGreaterThan(20);
  const pretending = pages.filter((page) => FROM_REGISTRY.test(read(page)));
  if (isPublished) expect(read('README.md')).not.toContain(TOLD);
  else expect([pretending, read('README.md').includes(TOLD)]).toEqual([[], true]);
});

test('the lines of the README name the tarball as npm names it', () => {
  const named = ['README.md', 'docs/own-server.md'].flatMap((page) => read(page).match(/mcp-calc-[\d.]+\.tgz/g) ?? []);
  if (!isPublished) expect(named.length).toBeGreaterThan(2);
  expect(new Set(named)).toEqual(new Set(named.length > 0 ? [`mcp-calc-${version}.tgz`] : []));
});
