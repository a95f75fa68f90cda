import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import { calculatorLater } from '../../src/calculator-catalog/later.js';
import { compileCatalog, LaterCatalog } from '../../src/protocol/compile.js';

const SOURCE = join(import.meta.dirname, '../../src/calculator-catalog');

/** Whatever the modules of a folder define, by `key`. */
async function definedIn(folder: string, key: string): Promise<string[]> {
  const files = readdirSync(join(SOURCE, folder)).filter((file) => file.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((file) => import(join(SOURCE, folder, file)) as Promise<Record<string, unknown>>),
  );
  const objects = modules
    .flatMap((module) => Object.values(module))
    .filter((value) => typeof value === 'object' && value !== null);
  return objects.flatMap((value) => (key in value ? [String((value as Record<string, unknown>)[key])] : [])).sort();
}

describe('the lists hold what the folders define', () => {
  const catalog = calculatorCatalog();

  it('the tools', async () => {
    expect(catalog.tools.map(({ name }) => name).sort()).toEqual(await definedIn('tools', 'name'));
  });

  it('the resources', async () => {
    expect(catalog.resources.map(({ uri }) => uri).sort()).toEqual(await definedIn('resources', 'uri'));
    expect(catalog.resourceTemplates.map(({ uriTemplate }) => uriTemplate).sort()).toEqual(
      await definedIn('resources', 'uriTemplate'),
    );
  });

  it('the prompts', async () => {
    expect(catalog.prompts.map(({ name }) => name).sort()).toEqual(await definedIn('prompts', 'name'));
  });
});

describe('the whole catalog', () => {
  const { tools, resources, resourceTemplates, prompts, pageSize, instructions, withheld } = calculatorCatalog();

  it('keeps the order that clients see', () => {
    expect(tools.map(({ name }) => name)).toEqual([
      'calculate',
      'batch_calculate',
      'advanced_calculate',
      'evaluate',
      'demo_progress',
      'solve_math_problem',
      'explain_formula',
      'calculator_assistant',
      'history_summary',
    ]);
    expect(prompts.map(({ name }) => name).slice(0, 3)).toEqual([
      'explain-calculation',
      'generate-problems',
      'calculator-tutor',
    ]);
  });

  it.each(tools)('$name has a title, a description, hints and an output schema', (tool) => {
    expect(tool.title).toMatch(/^[A-Z]/);
    expect(tool.description.length).toBeGreaterThan(20);
    expect(tool.annotations).toMatchObject({
      readOnlyHint: expect.any(Boolean),
      idempotentHint: expect.any(Boolean),
      openWorldHint: expect.any(Boolean),
    });
    expect(tool.outputSchema).toBeDefined();
  });

  it.each([...resources, ...resourceTemplates, ...prompts])(
    '$name has a title and a description',
    ({ title, description }) => {
      expect(title).toMatch(/^[A-Z]/);
      expect(description?.length).toBeGreaterThan(20);
    },
  );

  it('pages resources by ten, and gives the tools in one page', () => {
    expect(pageSize).toMatchObject({ resources: 10, tools: 50 });
    expect(tools.length).toBeLessThan(50);
  });

  it('withholds nothing, and names its tools in the instructions', () => {
    expect(withheld).toBeUndefined();
    const unnamed = tools.map(({ name }) => name).filter((name) => !instructions?.includes(name));
    expect(unnamed).toEqual(['demo_progress']);
  });
});

describe('the minimal build', () => {
  const catalog = calculatorCatalog({ minimal: true });

  it('offers what the stateless server documents', () => {
    expect(catalog.tools.map(({ name }) => name)).toEqual(['calculate', 'demo_progress']);
    expect(catalog.prompts.map(({ name }) => name)).toEqual([
      'explain-calculation',
      'generate-problems',
      'calculator-tutor',
    ]);
    expect(catalog.resources.map(({ uri }) => uri)).toEqual([
      'calculator://constants',
      'calculator://stats',
      'formulas://library',
      'request://current',
    ]);
    expect(catalog.resourceTemplates).toEqual([]);
  });

  it('answers for what it withholds', () => {
    const codes = Object.entries(catalog.withheld ?? {}).map(([name, { code }]) => [name, code]);
    expect(Object.fromEntries(codes)).toEqual({
      batch_calculate: -32601,
      advanced_calculate: -32601,
      solve_math_problem: -32004,
      explain_formula: -32004,
      calculator_assistant: -32004,
    });
    expect(catalog.withheld?.['explain_formula']?.message).toBe('Available in extended build');
  });
});

describe('the sample tool', () => {
  it.each([false, true])('is listed first under the name it is given (minimal: %s)', (minimal) => {
    const [first, second] = calculatorCatalog({ minimal, sampleToolName: 'educational_echo' }).tools;
    expect([first?.name, second?.name]).toEqual(['educational_echo', 'calculate']);
  });

  it("can't take the name of another tool", () => {
    expect(() => calculatorCatalog({ sampleToolName: 'calculate' })).toThrow('two entries for the tool "calculate"');
  });
});

describe('The introduction', () => {
  it('says what the catalog is, before it is loaded', async () => {
    const { load, capabilities, hasTasks, ...introduction } = calculatorLater();
    const catalog = await load();
    expect(catalog).toMatchObject(introduction);
    expect(await compileCatalog(catalog, noValidator)).toMatchObject({ hasTasks });
    expect((await compileCatalog(catalog, noValidator)).capabilities).toEqual(capabilities);
  });

  it('of a catalog that has other capabilities is refused', async () => {
    const later = new LaterCatalog({ ...calculatorLater(), capabilities: { logging: {} } }, noValidator);
    await expect(later.load()).rejects.toThrow('other capabilities than it was introduced with');
    const without = new LaterCatalog({ ...calculatorLater(), hasTasks: false }, noValidator);
    await expect(without.load()).rejects.toThrow('other capabilities than it was introduced with');
  });
});

const noValidator = () => Promise.reject(new Error('The calculator has no plain JSON Schema'));
