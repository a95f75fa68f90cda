/**
 * The public interface: what the author of a server needs to describe it, so that `mcp-calc stdio`, `sse` and `http`
 * serve it with `--server ./mine.js`. The module's default export is what {@link defineCatalog} returns.
 */
export { defineCatalog, definePrompt, defineResource, defineResourceTemplate, defineTool } from './catalog/define.js';
export { InvalidArgumentsError, ToolError } from './catalog/errors.js';

export { openTasks } from './server/open-tasks.js';
export type { OpenTasks, OpenTasksOptions } from './server/open-tasks.js';

export type {
  Arguments,
  Catalog,
  Complete,
  Content,
  ContentAnnotations,
  JsonSchema,
  ListedResource,
  MaybePromise,
  PageSizes,
  Prompt,
  PromptArgument,
  PromptMessage,
  Resource,
  ResourceContents,
  ResourceTemplate,
  Schema,
  Tool,
  ToolAnnotations,
  ToolResult,
} from './catalog/define.js';

export type {
  Calculation,
  CallContext,
  Caller,
  CallRequest,
  CallSession,
  ClientCapabilities,
  DetachedTask,
  Elicited,
  ElicitationSchema,
  History,
  LogLevel,
  NewCalculation,
  Sampled,
  SamplingRequest,
  ServerFigures,
} from './catalog/context.js';
