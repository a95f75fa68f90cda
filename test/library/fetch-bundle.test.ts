import { build } from 'esbuild';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import type { FetchHandler } from '../../src/fetch.js';
import { fetchBuild } from '../../scripts/fetch-build.js';

/** What the handler takes of a platform's limit on code, minified and gzipped: 42,410 bytes when it was first measured. */
const BUDGET_BYTES = 45_000;

let code: string;

beforeAll(async () => {
  // For a browser, esbuild finds none of Node's modules, and fails where one is needed.
  const { outputFiles, metafile } = await build({ ...fetchBuild, write: false, outdir: 'dist', logLevel: 'silent' });
  code = String(outputFiles?.[0]?.text);
  expect(Object.values(metafile?.outputs ?? {}).flatMap(({ imports }) => imports)).toEqual([]);
});

test('the fetch handler imports nothing: none of Node, and nothing that would have to be installed', () => {
  const specifiers = [...code.matchAll(/\b(?:from|import|require)\s*\(?\s*["'`]([^"'`]+)["'`]/g)].map(
    ([, name]) => name,
  );
  expect(
    specifiers.filter((name) => builtinModules.includes(String(name)) || /^node:|^[a-z@]/.test(String(name))),
  ).toEqual([]);
  expect(code).not.toContain('node:');
  expect(code).not.toMatch(/\bprocess\.|\bnew Function\b|\beval\(/);
});

test(`the fetch handler is smaller than ${BUDGET_BYTES} bytes, minified and gzipped`, () => {
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(BUDGET_BYTES);
});

test('serves where no function may be made from text, and where nothing of Node is', async () => {
  const program = `    import { createFetchHandler, defineCatalog, defineTool } from './src/fetch.js';
    import { z } from 'zod';
    const tool = (name, inputSchema) => defineTool({ name, title: name, description: name, inputSchema,
      handler: async ({ a }, { progress }) => { await progress(1); return { content: [{ type: 'text', text: String(a) }] }; } });
    const plain = { type: 'object', properties: { a: { type: 'integer', maximum: 9 } }, required: ['a'] };
    const catalog = defineCatalog({ tools: [tool('plain', plain), tool('zod', z.object({ a: z.int().max(9) }))] });
globalThis.handler = createFetchHandler(catalog, { callTimeoutMs: 1_000 });`;
  const { outputFiles } = await build({
    ...fetchBuild,
    entryPoints: undefined,
    stdin: { contents: program, resolveDir: join(import.meta.dirname, '../..') },
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  const timers: NodeJS.Timeout[] = [];
  // Timers are numbers where there is no process that they could keep.
  const number = (timer: NodeJS.Timeout) => timers.push(timer) - 1;
  const sandbox: Record<string, unknown> = {
    setTimeout: (...given: Parameters<typeof setTimeout>) => number(setTimeout(...given)),
    setInterval: (...given: Parameters<typeof setInterval>) => number(setInterval(...given)),
    clearTimeout: (at: number) => clearTimeout(timers[at]),
    clearInterval: (at: number) => clearInterval(timers[at]),
  };
  for (const name of WEB) sandbox[name] = (globalThis as Record<string, unknown>)[name];
  const context = createContext(sandbox, { codeGeneration: { strings: false, wasm: false } });
  expect(() => runInContext('new Function("return 1")', context)).toThrow('Code generation from strings disallowed');
  runInContext(String(outputFiles?.[0]?.text), context);
  const handler = sandbox.handler as FetchHandler;
  const headers = { 'Content-Type': 'application/json' };
  const seen: unknown[] = [];
  for (const name of ['plain', 'zod']) {
    for (const a of [5, 50]) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { a } } });
      const answer = await handler(new Request('https://edge.example/', { method: 'POST', headers, body }));
      seen.push([name, a, /"isError":true/.test(await answer.text())]);
    }
  }
  expect(seen).toEqual([
    ['plain', 5, false],
    ['plain', 50, true],
    ['zod', 5, false],
    ['zod', 50, true],
  ]);
  timers.forEach((timer) => clearTimeout(timer));
});

/** What a runtime of web standards has (WinterTC's minimum common API), as far as it is needed. */
const WEB = [
  'AbortController',
  'AbortSignal',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'atob',
  'btoa',
  'console',
  'crypto',
  'performance',
  'queueMicrotask',
];
