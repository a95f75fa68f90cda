import { expect, it } from 'vitest';

const BENCH = new URL('../bench/', import.meta.url);

/** Plain JavaScript, which the sources know nothing of. */
const bench = (path: string): Promise<Record<string, (...args: unknown[]) => unknown>> =>
  import(/* @vite-ignore */ new URL(path, BENCH).href) as never;

it('the catalog that the bench serves to others can be built from the sources', async () => {
  const { buildCatalog } = await bench('subjects/build-catalog.js');
  await buildCatalog?.();
  const { calculatorCatalog } = await bench('results/catalog.js');
  expect((calculatorCatalog?.() as { tools: object[] }).tools.length).toBeGreaterThan(5);
});
