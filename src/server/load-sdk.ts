import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SdkCopy } from '../protocol/hosted/modern-host.js';
import { isObject } from '../rpc/messages.js';

const SDK = '@modelcontextprotocol/server';

/** What a module of the SDK exports, as far as it is looked at. */
type Exported = Record<string, unknown>;

/**
 * The copy of the MCP SDK 2.x that made an author's server. It is looked for from the folder of the author's module, as Node does, and
 * of the two forms in which a package holds it, the one whose classes made the server is taken: to the other, it would be nobody's.
 * Rejects with a TypeError that says what to install.
 */
export async function loadSdk(moduleUrl: string, server: object): Promise<SdkCopy> {
  const from = realpathSync(fileURLToPath(moduleUrl));
  const require = createRequire(from);
  const folder = require.resolve
    .paths(SDK)
    ?.map((path) => join(path, SDK))
    .find((path) => existsSync(join(path, 'package.json')));
  if (folder === undefined) {
    throw new TypeError(
      `it makes servers of the MCP SDK 2.x, which can't be found from its folder: install it there with npm install ${SDK}`,
    );
  }
  const imported = (path: string) =>
    import(pathToFileURL(join(folder, entryOf(folder, path))).href) as Promise<Exported>;
  const forms = [imported, async (path: string) => require(join(SDK, path)) as Exported];
  for (const load of forms) {
    const { createMcpHandler, McpServer, Server } = await load('.');
    if (!isInstance(server, McpServer) && !isInstance(server, Server)) continue;
    const { serveStdio } = await load('./stdio');
    return { createMcpHandler, serveStdio } as SdkCopy;
  }
  throw new TypeError(
    `it makes servers of another copy of the MCP SDK 2.x than the one that is found from its folder, ${folder}: have it use that one, or serve it with --era legacy`,
  );
}

/** The file of a package that `import` loads for one of its paths. Throws a TypeError where the package names none. */
function entryOf(folder: string, path: string): string {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports?: Exported };
  let entry = exports?.[path];
  while (isObject(entry)) entry = entry.import ?? entry.node ?? entry.default;
  if (typeof entry === 'string') return entry;
  throw new TypeError(`the MCP SDK in ${folder} has no ${path} to import: mcp-calc needs a 2.x of it`);
}

function isInstance(value: object, made: unknown): boolean {
  return typeof made === 'function' && value instanceof made;
}
