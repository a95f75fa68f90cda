import type { Catalog } from '../catalog/define.js';

/**
 * The catalog of the calculator, which `mcp-calc http` serves: to be served as it is, or with more beside it.
 * @example
 * const calculator = await loadCalculator();
 * const both = defineCatalog({ ...calculator, tools: [...calculator.tools, ...catalog.tools] });
 * assert.ok(both.tools.some(({ name }) => name === 'calculate'));
 */
export async function loadCalculator(): Promise<Catalog> {
  const { calculatorCatalog } = await import('../calculator-catalog/index.js');
  return calculatorCatalog();
}
