import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const packed = manifest.files.filter((entry) => !entry.startsWith('!'));
const isPacked = (path: string): boolean =>
  ['package.json', ...packed].some((entry) => path === entry || path.startsWith(`${entry}/`));

/** What the tarball has of documents. */
const pages = packed.flatMap((entry) => {
  const path = join(ROOT, entry);
  if (entry.endsWith('.md')) return [entry];
  if (!existsSync(path) || !statSync(path).isDirectory()) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(entry, name));
});

/** As GitHub and npm make an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the documents of the tarball', () => {
  test('are those of the README, the docs and the examples', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'docs/settings.md', 'docs/decisions/README.md', 'examples/ci/README.md']),
    );
  });

  test.each(pages)('%s leads nowhere that the tarball does not have', (page) => {
    const code = /^```[\s\S]*?^```$|`[^`\n]*`/gm;
    const links = [
      ...read(page)
        .replace(code, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].map(([, link = '']) => link);
    for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative('.', normalize(join(dirname(page), path))).replace(/\/$/, '');
      expect([link, isPacked(target), existsSync(join(ROOT, target))]).toEqual([link, true, true]);
      if (anchor !== undefined) expect([link, anchorsOf(target)]).toEqual([link, expect.arrayContaining([anchor])]);
    }
  });

  test('begin with a README of one screen until the first success, and two hundred lines in all', () => {
    const lines = read('README.md').split('\n');
    expect(lines.findIndex((line) => line.includes('ADD: 100 + 50 = 150'))).toBeLessThan(24);
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(lines).toEqual(expect.arrayContaining(['npm ci && npx mcp-calc http --stateless', 'npm ci && npm test']));
  });
});
