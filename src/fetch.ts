/**
 * The public interface for where there is no Node: web standards alone, in one file without imports. The same `define…` as that of the
 * main entry, and the handler.
 */
export { defineCatalog, definePrompt, defineResource, defineResourceTemplate, defineTool } from './catalog/define.js';
export { InvalidArgumentsError, ToolError } from './catalog/errors.js';
export { createFetchHandler } from './server/fetch/fetch-handler.js';
export type { FetchContext, FetchHandler, FetchHandlerOptions } from './server/fetch/fetch-handler.js';
export type { HostCaller } from './auth/caller.js';
export type { Logger } from './log.js';

export * from './storage.js';
export type * from './authors.js';
