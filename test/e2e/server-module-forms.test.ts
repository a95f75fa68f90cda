import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { authorProject } from '../helpers/author-project.js';
import { callOf, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';

const { folder, save, remove } = authorProject();
afterAll(remove);

const input = `${JSON.stringify(request('initialize', { protocolVersion: '2025-11-25' }, 1))}\n${JSON.stringify(callOf('greet', { name: 'Ada' }, 2))}\n`;

function serve(file: string, text: string): ReturnType<typeof runCli> {
  save(file, text);
  return runCli(['stdio', '--server', `./${file}`], { input, cwd: folder });
}

const CATALOG = `const { defineCatalog, defineTool } = require('mcp-calc');
const { z } = require('zod');
const catalog = defineCatalog({ name: 'mine', tools: [defineTool({ name: 'greet', title: 'Greet', description: 'Greets',
  inputSchema: z.object({ name: z.string() }), handler: ({ name }) => ({ content: [{ type: 'text', text: 'Hello, ' + name }] }) })] });`;
const SDK = `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
class Mine extends McpServer {
  constructor() {
    super({ name: 'mine', version: '1' });
    this.registerTool('greet', { inputSchema: { name: z.string() } }, ({ name }) => ({ content: [{ type: 'text', text: 'Hello, ' + name }] }));
  }
}`;
const README_SAMPLE = `import { defineCatalog, defineTool } from 'mcp-calc';
import { z } from 'zod';

export default defineCatalog({
  name: 'mine',
  tools: [
    defineTool({
      name: 'greet',
      title: 'Greet',
      description: 'Greets somebody',
      inputSchema: z.object({ name: z.string() }),
      handler: ({ name }) => ({ content: [{ type: 'text', text: \`Hello, \${name}\` }] }),
    }),
  ],
});`;

describe('--server serves what a project exports', () => {
  test.each([
    ['the sample of the README, after npm init -y', 'sample.js', README_SAMPLE],
    [
      'the default of a compiled module of CommonJS',
      'compiled.cjs',
      `${CATALOG}\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.default = catalog;`,
    ],
    ['module.exports', 'plain.cjs', `${CATALOG}\nmodule.exports = catalog;`],
    ['a named catalog of CommonJS', 'named.cjs', `${CATALOG}\nexports.catalog = catalog;`],
    ['a promise of a catalog', 'promise.cjs', `${CATALOG}\nmodule.exports = Promise.resolve(catalog);`],
    ['a class', 'class.mjs', `${SDK}\nexport default Mine;`],
    ['a class by the name of server', 'named.mjs', `${SDK}\nexport { Mine as server };`],
    ['an asynchronous function', 'async.mjs', `${SDK}\nexport default async () => new Mine();`],
    [
      'what writes with console.log, which goes to stderr',
      'chatty.cjs',
      `${CATALOG}\nconsole.log('Loading {');\nmodule.exports = catalog;`,
    ],
  ])('%s', async (_title, file, text) => {
    const { code, stdout, stderr } = await serve(file, text);
    expect([code, stderr]).toEqual([
      0,
      file === 'chatty.cjs' ? expect.stringContaining('Loading {') : expect.anything(),
    ]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result: object });
    expect(answers.find(({ id }) => id === 2)?.result).toMatchObject({ content: [{ text: 'Hello, Ada' }] });
  });
});

describe('a --server module that is refused says why, and where', () => {
  test.each([
    [
      'a server that is made already',
      'made.mjs',
      `${SDK}\nexport default new Mine();`,
      /made already[\s\S]*export default \(\) => makeServer\(\)/,
    ],
    [
      'an error while it loads',
      'throws.mjs',
      '// one\nthrow new Error("no database");',
      /no database \(throws\.mjs:2\)/,
    ],
    [
      'what another loader can not read',
      'foreign.cjs',
      'throw new Error(`Transform failed with 1 error:\\n${__filename}:7:3: ERROR: Unexpected "}"`);',
      /could not be loaded: Unexpected "}" \(foreign\.cjs:7\)/,
    ],
    [
      'a function that fails',
      'fails.mjs',
      'export default () => {\n  throw new Error("no database");\n};',
      /--server \.\/fails\.mjs: no database \(fails\.mjs:2\)/,
    ],
    ['a syntax error', 'syntax.mjs', '// one\nexport default {;', /Unexpected token ';' \(syntax\.mjs:2\)/],
    [
      'a shape of zod',
      'shape.cjs',
      CATALOG.replace('z.object({ name: z.string() })', '{ name: z.string() }') + '\nmodule.exports = catalog;',
      /Tool greet: its inputSchema is a shape of zod: put z\.object\(…\) around it/,
    ],
    [
      'a schema of zod 3',
      'old.cjs',
      CATALOG.replace("require('zod')", "require('zod/v3')") + '\nmodule.exports = catalog;',
      /Tool greet: its inputSchema is a schema of zod 3: zod 4 is needed/,
    ],
    [
      'a JSON Schema that is none',
      'odd.cjs',
      CATALOG.replace('z.object({ name: z.string() })', "{ type: 'odd' }") + '\nmodule.exports = catalog;',
      /Tool greet: its inputSchema can't be used: schema is invalid/,
    ],
    [
      'no schema',
      'none.cjs',
      CATALOG.replace('z.object({ name: z.string() })', 'undefined') + '\nmodule.exports = catalog;',
      /Tool greet: its inputSchema is not a schema/,
    ],
  ])('%s', async (_title, file, text, message) => {
    const { code, stdout, stderr } = await serve(file, text);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(folder);
  });

  test('a module of import and export where npm init -y has said that all is CommonJS', async () => {
    const project = join(folder, 'initialized');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(project, 'mine.js'), README_SAMPLE);
    writeFileSync(join(project, 'mine.mjs'), README_SAMPLE);
    const refused = await runCli(['stdio', '--server', './mine.js'], { cwd: project });
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/\(mine\.js:1\)[^]*end its name in \.mjs/),
    ]);
    expect((await runCli(['stdio', '--server', './mine.mjs'], { cwd: project })).code).toBe(0);
  });

  const readsTypeScript = 'typescript' in process.features && Boolean(process.features.typescript);
  test('TypeScript is served where Node reads it, and where it does not, the way to have it read is named', async () => {
    const text = `${README_SAMPLE.replace('export default', 'const catalog: object =')}\nexport default catalog;`;
    const { code, stdout, stderr } = await serve('typed.mts', text);
    if (readsTypeScript) expect(stdout).toContain('Hello, Ada');
    else expect([code, stderr]).toEqual([1, expect.stringMatching(/reads no TypeScript[\s\S]*--import tsx/)]);
  });
});
