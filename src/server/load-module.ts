import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Catalog } from '../catalog/define.js';
import { isCatalog } from '../catalog/define.js';
import type { ChildCommand } from '../children/command.js';
import type { ServerFactory } from '../protocol/hosted/sdk-server.js';
import { withDeadline } from '../net/time-limit.js';
import { ServeError } from './errors.js';
import { placeOf, saidBy } from './place-of-error.js';

/** What a server offers: a catalog, a function that makes servers of the SDK, or the command that starts one. */
export type Offer = ModuleOffer | ChildCommand;

/** What a module exports. */
export type ModuleOffer = Catalog | ServerFactory;

const WANTED =
  'a catalog made with defineCatalog, or a function or class that makes an McpServer or Server of the MCP SDK';

const AS_MODULE =
  'It uses import or export, which a module of CommonJS can not: end its name in .mjs, or put "type": "module" into package.json';

/** Where an offer is looked for in a module, and in what a module of CommonJS exports as its default. */
const EXPORTS = ['default', 'catalog', 'server'];
/** How long a module is waited for that exports a promise, ms. */
const EXPORT_LIMIT_MS = 30_000;

/** How a module is loaded. */
export interface Loading {
  /** Imports a URL. */
  readonly load: (url: string) => Promise<unknown>;
  /** Files beside the module itself in which a syntax error may be. */
  readonly suspects: () => readonly string[];
}

const ONCE: Loading = { load: (url) => import(url), suspects: () => [] };

/**
 * What a `--server` module offers: its default export, or the one named `catalog` or `server`, be it the offer, a promise of it, or a
 * class. The name is a path relative to the working directory, or a package that is installed there. Throws a ServeError that says in
 * one line what is wrong, and where.
 */
export async function loadModule(name: string, cwd: string, { load, suspects }: Loading = ONCE): Promise<ModuleOffer> {
  const url = locateModule(name, cwd);
  let loaded: Exports;
  let exported: unknown;
  try {
    loaded = (await load(url)) as Exports;
    exported = await settled(offerIn(loaded));
  } catch (error) {
    if (isUnreadableTypeScript(error)) throw needsTypeScript(name, error);
    const where = placeOf(error, cwd, [fileURLToPath(url), ...suspects()]);
    throw new ServeError(`--server ${name}: the module could not be loaded: ${saidBy(error)}${where}`, {
      cause: error,
      hint: isTakenForCommonJs(error) ? AS_MODULE : undefined,
    });
  }
  if (isCatalog(exported)) return exported;
  if (typeof exported === 'function') return isClass(exported) ? () => new exported() : (exported as ServerFactory);
  throw new ServeError(`--server ${name}: the module ${foundInstead(exported)}; it must be ${WANTED}`, {
    ...(isServer(exported) && {
      hint: 'Every exchange is served by a server of its own: export the function that makes it, as in export default () => makeServer()',
    }),
  });
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

type Exports = Readonly<Record<string, unknown>>;

/** The first of the exports there is; a compiled module of CommonJS has its own default within the default. */
function offerIn(loaded: Exports): unknown {
  const found = firstOf(loaded);
  const isHolder = typeof found === 'object' && found !== null && !isCatalog(found) && !isServer(found);
  return (isHolder ? firstOf(found as Exports) : undefined) ?? found;
}

function firstOf(exports: Exports): unknown {
  return EXPORTS.map((name) => exports[name]).find((value) => value !== undefined);
}

function settled(exported: unknown): unknown {
  if (!(exported instanceof Promise)) return exported;
  const why = `it exports a promise that has not been kept within ${EXPORT_LIMIT_MS / 1000} s`;
  return withDeadline(exported, EXPORT_LIMIT_MS, why);
}

function isClass(value: unknown): value is new () => ReturnType<ServerFactory> {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function isServer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Exports).connect === 'function';
}

function foundInstead(exported: unknown): string {
  if (exported === undefined) return 'has no default export, and none named catalog or server';
  if (isServer(exported)) return 'exports a server that is made already';
  return `has a default export of type ${exported === null ? 'null' : typeof exported}`;
}

/** What `npm init -y` makes says that all its files are of CommonJS. */
function isTakenForCommonJs(error: unknown): boolean {
  return (
    error instanceof SyntaxError && /import statement outside a module|^Unexpected token 'export'/.test(error.message)
  );
}

function isUnreadableTypeScript(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' && /"\.[cm]?tsx?"/.test(message);
}

function needsTypeScript(name: string, cause: unknown): ServeError {
  return new ServeError(`--server ${name}: this Node (${process.version}) reads no TypeScript`, {
    cause,
    hint: 'Node 22.18 and newer does. With an older one: npm install tsx, then NODE_OPTIONS="--import tsx" before the command',
  });
}
