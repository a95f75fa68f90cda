/**
 * The public interface: what the author of a server needs to describe it, so that `mcp-calc stdio`, `sse` and `http`
 * serve it with `--server ./mine.js` (the module's default export is what {@link defineCatalog} returns), or so that a server of their
 * own does. What is needed only there is loaded only there.
 */
export { defineCatalog, definePrompt, defineResource, defineResourceTemplate, defineTool } from './catalog/define.js';
export { InvalidArgumentsError, ToolError } from './catalog/errors.js';

export { createNodeHandler } from './server/create-node-handler.js';
export { loadCalculator } from './server/load-calculator.js';
export type { NodeHandler, NodeHandlerOptions, NodeRequest, NodeResponse } from './server/node-handler-types.js';
export type { ServerOptions } from './server/library-options.js';
export type { HostCaller } from './auth/caller.js';
export type { Logger } from './log.js';

export { openTasks } from './server/open-tasks.js';
export type { OpenTasks, OpenTasksOptions } from './server/open-tasks.js';

export * from './storage.js';
export type * from './authors.js';
