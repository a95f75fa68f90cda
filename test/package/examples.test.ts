import { transform } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as fetchEntry from '../../src/fetch.js';
import * as mainEntry from '../../src/index.js';
import * as testingEntry from '../../src/testing.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
/** In the project: what is in it finds the package by its own name, as built. */
const folder = mkdtempSync(join(ROOT, 'dist-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What every example may use without saying where it is from. */
const PRELUDE = `
  import assert from 'node:assert/strict';
  import { createServer } from 'node:http';
  import { test } from 'node:test';
  import { z } from 'zod';
  import { createNodeHandler, defineCatalog, definePrompt, defineResource, defineResourceTemplate, defineTool, loadCalculator, ToolError } from 'mcp-calc';
  import { createFetchHandler } from 'mcp-calc/fetch';
  import type { FetchContext } from 'mcp-calc/fetch';
  import { connectClient, openMemoryStorage, startServer, storageContract, STORAGE_DEFAULTS } from 'mcp-calc/testing';
  import type { Subject } from 'mcp-calc/testing';
  const CATALOG = defineCatalog({ name: 'c', version: '1.0.0', tools: [
    defineTool({ name: 'add', title: 'A', description: 'A.', inputSchema: { type: 'object' }, handler: () => ({ content: [] }) }),
    defineTool({ name: 'greet', title: 'G', description: 'G.', inputSchema: { type: 'object' }, handler: async (_args, { elicit }) => {
      const answer = await elicit('Name?', { type: 'object', properties: { name: { type: 'string' } } });
      if (answer.action !== 'accept') throw new ToolError('no name');
      return { content: [{ type: 'text' as const, text: 'Hello ' + String(answer.content.name) }] };
    } }),
  ] });
`.replaceAll(/^ {2}/gm, '');

/** Functions that have to be had to be shown: a Redis, or somebody who has broken a rule. */
const NOT_RUN = ['openTasks'];

/** By exported function, the example in its comment. */
const comments = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(ROOT, 'src', name), 'utf8').matchAll(COMMENTED())])
    .map(([, comment = '', name = '']) => [name, exampleIn(comment)]),
);

const functions = [mainEntry, fetchEntry, testingEntry]
  .flatMap((entry) => Object.entries(entry))
  .filter(([, value]) => typeof value === 'function' && !/^class\b/.test(String(value)))
  .map(([name]) => name);
const names = [...new Set(functions)].filter((name) => !NOT_RUN.includes(name));

const pages = [...readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code = '']) => code,
);

/** By file, the program that an example is. */
const programs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    names.map((name) => [name, `${PRELUDE}{ const catalog = CATALOG;\n${comments.get(name) ?? ''}\n}\n`]),
  ),
  ...Object.fromEntries(pages.map((code, index) => [`page-${index + 1}`, code])),
};

beforeAll(async () => {
  for (const [name, code] of Object.entries(programs)) {
    writeFileSync(join(folder, `${name}.ts`), code);
    writeFileSync(join(folder, `${name}.js`), (await transform(code, { loader: 'ts', format: 'esm' })).code);
  }
});

const STRICT = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2023'];

function compile(files: readonly string[], ...more: string[]): Promise<{ stdout: string }> {
  const paths = files.map((name) => relative(ROOT, join(folder, `${name}.ts`)));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, ...STRICT, ...more, '--ignoreConfig', ...paths];
  return run(process.execPath, args, { cwd: ROOT }).catch((error: { stdout: string }) => error);
}

describe('the examples of the public interface', { timeout: 120_000 }, () => {
  test('are there for every function', () => {
    expect(names.filter((name) => !comments.get(name))).toEqual([]);
    expect(pages.length).toBeGreaterThan(3);
  });

  test('compile, strictly, with what they import checked as well', async () => {
    expect((await compile(Object.keys(programs), '--types', 'node')).stdout).toBe('');
  });

  test('compile without the types of Node where nothing of Node is named', async () => {
    const code = `import { createNodeHandler, defineCatalog, openTasks } from 'mcp-calc';
    import { createFetchHandler } from 'mcp-calc/fetch';
    import { connectClient, startServer, storageContract } from 'mcp-calc/testing';
    const handler = await createNodeHandler(defineCatalog({}), { redis: 'redis://localhost', sessionTtl: '1h', era: 'both' });
    // @ts-expect-error it is a list or a text
    await createNodeHandler(defineCatalog({}), { allowedHosts: 7 });
    // @ts-expect-error there is no such era
    await createNodeHandler(defineCatalog({}), { era: 'stone' });
    export { handler, openTasks, createFetchHandler, connectClient, startServer, storageContract };\n`;
    writeFileSync(join(folder, 'webs.ts'), code);
    expect((await compile(['webs'], '--lib', 'es2023,dom')).stdout).toBe('');
  });

  test.each(Object.keys(programs))('%s runs', async (name) => {
    await run(process.execPath, [join(folder, `${name}.js`)], { cwd: ROOT, timeout: 60_000 });
  });
});

function COMMENTED(): RegExp {
  return /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:async )?function (\w+)/g;
}

function exampleIn(comment: string): string {
  const lines = (comment.split('@example\n')[1] ?? '').split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}
