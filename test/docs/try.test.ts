import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import type { Catalog } from '../../src/catalog/define.js';

const ROOT = join(import.meta.dirname, '../..');
const EVERYTHING = [
  'prompts',
  'resources',
  'tools/content',
  'tools/questions',
  'tools/running',
  'tools/errors',
  'tools/schemas',
];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const [ofCalculator = '', ofEverything = ''] = read('docs/try.md').split('## What the calculator has no use for');

const namesOf = ({ tools, resources = [], resourceTemplates = [], prompts = [] }: Catalog): string[] => [
  ...tools.map(({ name }) => name),
  ...resources.map(({ uri }) => uri),
  ...resourceTemplates.map(({ uriTemplate }) => uriTemplate),
  ...prompts.map(({ name }) => name),
];

/** That its lines do what they say is shown by test/package/try.test.ts, which runs them. */
describe('docs/try.md', () => {
  const offered = namesOf(calculatorCatalog({ apps: true, historyTtlMs: 1_000 }));

  test('names all that the calculator offers', () => {
    for (const name of offered) expect(ofCalculator).toContain(name);
  });

  test('calls nothing that the calculator does not offer', () => {
    const called = [...ofCalculator.matchAll(/client (?:call|prompt) (\S+)/g)].map(([, name]) => name);
    expect(called.length).toBeGreaterThan(10);
    for (const name of called) expect(offered).toContain(name);
  });

  test('names nothing of the example that it does not have', () => {
    const code = EVERYTHING.map((name) => read(`examples/everything/${name}.js`)).join('\n');
    const rows = [...ofEverything.matchAll(/^\| (?!feature|-).* \| (.*) \|$/gm)].map(([, names = '']) => names);
    const named = rows.flatMap((names) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    expect(named.length).toBeGreaterThan(25);
    for (const name of named) expect(code).toMatch(new RegExp(`['"]${name.replace(/[{}]/g, '\\$&')}['"]`));
  });
});
