import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { isPublished } from '../../src/package-info.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const server = JSON.parse(read('server.json')) as {
  $schema: string;
  name: string;
  title: string;
  description: string;
  version: string;
  repository: { url: string };
  packages: {
    registryType: string;
    identifier: string;
    version: string;
    transport: object;
    packageArguments: object[];
  }[];
};

/** What the registry's schema asks for, and what it looks for in the package itself. */
describe('server.json', () => {
  test('says what the registry of MCP servers takes', () => {
    expect(server.$schema).toBe('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json');
    expect(server.name).toMatch(/^[a-zA-Z0-9.-]{1,100}\/[a-zA-Z0-9._-]{1,99}$/);
    for (const text of [server.title, server.description])
      expect([text.length > 0, text.length]).toEqual([true, Math.min(text.length, 100)]);
    expect(server.packages.map(({ registryType }) => registryType)).toEqual(['npm']);
    expect(server.packages[0]?.packageArguments).toEqual([{ type: 'positional', value: 'stdio' }]);
    expect(server.packages[0]?.transport).toEqual({ type: 'stdio' });
  });

  test('is of this version of this package', () => {
    expect([server.name, server.version]).toEqual([manifest.mcpName, manifest.version]);
    expect(server.packages[0]).toMatchObject({ identifier: manifest.name, version: manifest.version });
    expect(manifest.repository.url).toBe(`git+${server.repository.url}.git`);
    expect(server.name).toBe(`io.github.${server.repository.url.split('/')[3]}/${manifest.name}`);
    expect(read('Dockerfile')).toContain(`io.modelcontextprotocol.server.name="${server.name}"`);
  });

  test('names its owner once the package may be published', () => {
    if (isPublished) expect(server.name).not.toContain('OWNER');
    else expect(manifest.private).toBe(true);
  });
});

describe('the workflow that publishes', () => {
  const { on, permissions, jobs } = parse(read('.github/workflows/publish.yml')) as {
    on: object;
    permissions: object;
    jobs: { publish: { permissions: object; steps: { run?: string }[] } };
  };
  const commands = jobs.publish.steps.map(({ run = '' }) => run).join('\n');

  test('runs for a tag alone, with no right but those of its job', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(permissions).toEqual({});
    expect(jobs.publish.permissions).toMatchObject({ 'id-token': 'write', contents: 'write' });
  });

  test('publishes with provenance, after the tests, and tells the registry last', () => {
    const order = [
      'OWNER',
      'npm test',
      'npm publish --provenance',
      'npm run bundle',
      'gh release create',
      './mcp-publisher publish',
    ];
    const places = order.map((command) => commands.indexOf(command));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test('calls scripts that are there', () => {
    const called = [...commands.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    expect(called.length).toBeGreaterThan(2);
    for (const name of called) expect(Object.keys(manifest.scripts)).toContain(name);
  });
});
