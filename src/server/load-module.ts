import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catalog } from '../catalog/define.js';
import { isCatalog } from '../catalog/define.js';
import type { ServerFactory } from '../protocol/hosted/sdk-server.js';
import { redactText } from '../text/secrets.js';
import { ServeError } from './errors.js';

/** What a server offers: a catalog, or a function that makes servers of the SDK. */
export type Offer = Catalog | ServerFactory;

const WANTED = 'a catalog made with defineCatalog, or a function that returns an McpServer or Server of the MCP SDK';

/**
 * What a `--server` module offers: its default export. The name is a path relative to the working directory, or a
 * package that is installed there. Throws a ServeError that says in one line what is wrong.
 */
export async function loadModule(name: string, cwd: string): Promise<Offer> {
  const url = locateModule(name, cwd);
  let loaded: { default?: unknown };
  try {
    loaded = (await import(url)) as { default?: unknown };
  } catch (error) {
    throw new ServeError(`--server ${name}: the module could not be loaded: ${firstLine(error)}`, { cause: error });
  }
  const offered = loaded.default;
  if (isCatalog(offered) || typeof offered === 'function') return offered as Offer;
  const found = offered === undefined ? 'has no default export' : `has a default export of type ${typeof offered}`;
  throw new ServeError(`--server ${name}: the module ${found}; it must be ${WANTED}`);
}

/** The URL of the file that a `--server` name means. Throws a ServeError where there is none. */
export function locateModule(name: string, cwd: string): string {
  const path = resolve(cwd, name);
  if (existsSync(path)) return pathToFileURL(path).href;
  try {
    return pathToFileURL(createRequire(resolve(cwd, 'package.json')).resolve(name)).href;
  } catch (error) {
    throw new ServeError(`--server ${name}: there is no such file, and no package of that name is installed`, {
      cause: error,
      hint: 'Give the path of a JavaScript module: mcp-calc http --server ./mine.js',
    });
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return redactText(message.split('\n', 1)[0] ?? '');
}
