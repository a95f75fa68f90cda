import type { ZodType, output } from 'zod';
import type { Content, ContentAnnotations, ResourceContents, ResultOf } from './content.js';
import type { CallContext } from './context.js';

export type { Content, ContentAnnotations, ResourceContents, ToolResult } from './content.js';

/** A JSON Schema 2020-12 object, as `tools/list` shows it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema as an author writes it: zod, or plain JSON Schema 2020-12. */
export type Schema = ZodType | JsonSchema;

/** The arguments a handler gets: parsed by zod (defaults applied), or validated plain JSON. */
export type Arguments<S> = S extends ZodType ? output<S> : Record<string, unknown>;

/** Hints about what a tool does (schema.ts, `ToolAnnotations`). */
export interface ToolAnnotations {
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
}

/** What stands for an entry where it is shown (schema.ts, `Icon`). */
export interface Icon {
  src: string;
  mimeType?: string;
  /** `48x48`, or `any`. */
  sizes?: string[];
  theme?: 'light' | 'dark';
}

export interface Tool<I extends Schema = Schema, O extends Schema = Schema> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: I;
  readonly outputSchema?: O;
  readonly annotations?: ToolAnnotations;
  /** Scopes the caller's token must carry; 403 `insufficient_scope` otherwise. */
  readonly scopes?: readonly string[];
  /**
   * Whether the tool needs numbers as they were sent, and takes strings where a number can't keep its digits: a JSON number that has
   * lost some on its way is then a result with `isError` that asks for a string. Elsewhere it is the nearest double.
   */
  readonly exactNumbers?: boolean;
  /**
   * What it has to do with `context.history`. One that `opens` histories is there in the modern era alone, and only where they can be
   * kept; there, one that `uses` them takes a `historyId` beside the arguments of its own schema, by which its history is found.
   */
  readonly history?: 'opens' | 'uses';
  /**
   * What it cannot do without: a client of the modern era that has not declared it is refused before anything is sent. What a handler
   * asks only where the client can be asked (`context.client`) does not belong here.
   */
  readonly asks?: readonly ('elicitation' | 'elicitationUrl' | 'sampling' | 'roots')[];
  /**
   * Whether a call may become a task (the Tasks extension of 2026-07-28): its client gets an id at once, and looks for the result later.
   * `optional`: a call that outlasts `--task-after` does, where its client has declared the extension. `required`: every call does, at
   * once, and clients without the extension are refused. Until then a question ends the round, as ever; from then on it is answered
   * while the handler waits, progress becomes the message that says what the task is in, and log messages are not sent. A task ends
   * with its node, and fails then; what must outlive it is handed on by `context.detach`.
   */
  readonly task?: 'optional' | 'required';
  readonly icons?: readonly Icon[];
  readonly _meta?: Record<string, unknown>;
  /**
   * Answers a call. A {@link ToolError} becomes a result with `isError`; any other exception is a bug and
   * becomes -32603 without details.
   */
  handler(args: Arguments<I>, context: CallContext): MaybePromise<ResultOf<O>>;
}

/** Values that a template variable or a prompt argument may take, given what has been typed so far. */
export type Complete = (
  typed: string,
  context: CallContext,
  others: Readonly<Record<string, string>>,
) => readonly string[] | Promise<readonly string[]>;

/** How long, and by whom, an answer may be kept (2026-07-28, server/utilities/caching). */
export interface CacheHint {
  readonly ttlMs: number;
  /** `private`: not to be shown to another caller. */
  readonly scope: 'public' | 'private';
}

interface ResourceBase {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly annotations?: ContentAnnotations;
  readonly icons?: readonly Icon[];
  readonly _meta?: Record<string, unknown>;
  /** False for what never changes, or does not say so: it can't be subscribed to. What changes says so by `context.resourceUpdated`. */
  readonly changes?: boolean;
  /** For `resources/read`, in the modern era; private and not to be kept where it is absent. */
  readonly cache?: CacheHint;
  /** Whether the resource makes sense for this caller; where not, it is neither listed nor readable. */
  available?(context: CallContext): boolean;
}

export interface Resource extends ResourceBase {
  readonly uri: string;
  /** Answers `resources/read`, or undefined when there is nothing at this URI for this caller (-32002). */
  read(uri: string, context: CallContext): MaybePromise<ResourceContents | ResourceContents[] | undefined>;
}

export interface ResourceTemplate extends ResourceBase {
  /** RFC 6570, level 1: `calculator://tables/{n}`. */
  readonly uriTemplate: string;
  readonly complete?: Readonly<Record<string, Complete>>;
  /** The concrete resources of this template that `resources/list` shows. */
  list?(context: CallContext): MaybePromise<readonly ListedResource[]>;
  /** Whether what it lists changes, and says so by `context.resourceListChanged`. */
  readonly listChanges?: boolean;
  read(
    uri: string,
    variables: Readonly<Record<string, string>>,
    context: CallContext,
  ): MaybePromise<ResourceContents | ResourceContents[] | undefined>;
}

export interface ListedResource {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
}

export interface PromptArgument {
  readonly name: string;
  /** Other names under which the argument is accepted; `get` finds it under its own. */
  readonly aliases?: readonly string[];
  readonly description?: string;
  readonly required?: boolean;
  /** Enumerated values, or a function of what has been typed. Enumerated values are also enforced by `prompts/get` (-32602). */
  readonly complete?: readonly string[] | Complete;
}

export interface PromptMessage {
  role: 'user' | 'assistant';
  content: Content;
}

export interface Prompt {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: readonly PromptArgument[];
  readonly icons?: readonly Icon[];
  readonly _meta?: Record<string, unknown>;
  get(
    args: Readonly<Record<string, string>>,
    context: CallContext,
  ): MaybePromise<{ description?: string; messages: PromptMessage[] }>;
}

/** All that a server offers. Lists keep the order they have here. */
export interface Catalog {
  /** `serverInfo`; the package's own where it is absent. */
  readonly name?: string;
  readonly version?: string;
  readonly title?: string;
  readonly instructions?: string;
  readonly websiteUrl?: string;
  readonly icons?: readonly Icon[];
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly resourceTemplates: readonly ResourceTemplate[];
  readonly prompts: readonly Prompt[];
  /** Tools and prompts that exist but are not offered in this build: `tools/call` and `prompts/get` of the name answer with this error. */
  readonly withheld?: Readonly<Record<string, { code: number; message: string }>>;
  /** Items per page, of every list or list by list; 50 where it is absent. */
  readonly pageSize?: number | PageSizes;
}

/** `ServerCapabilities`: each with its settings. */
export type Capabilities = Readonly<Record<string, Record<string, unknown>>>;

/** What a client is greeted with, before the catalog itself is loaded. */
export interface IntroducedCatalog
  extends Pick<Catalog, 'name' | 'version' | 'title' | 'instructions' | 'websiteUrl' | 'icons'> {
  readonly capabilities: Capabilities;
  /** Whether any of its tools may become a task. */
  readonly hasTasks: boolean;
  load(): Promise<Catalog>;
}

export interface PageSizes {
  readonly tools?: number;
  readonly resources?: number;
  readonly resourceTemplates?: number;
  readonly prompts?: number;
}

export type MaybePromise<T> = T | Promise<T>;

/** Marks a catalog, so that `--server` can tell one from any other default export. */
const CATALOG = Symbol.for('mcp-calc.catalog');

/**
 * Defines a tool. Its handler gets arguments that fit the schema, and answers what fits the output schema, with the types that a
 * schema of zod has.
 * @example
 * const double = defineTool({
 *   name: 'double',
 *   title: 'Double',
 *   description: 'Doubles a number.',
 *   inputSchema: z.object({ value: z.number() }),
 *   handler: ({ value }) => ({ content: [{ type: 'text', text: String(2 * value) }] }),
 * });
 */
export function defineTool<const I extends Schema, const O extends Schema = JsonSchema>(tool: Tool<I, O>): Tool {
  return tool as unknown as Tool;
}

/**
 * Defines a resource with a fixed URI.
 * @example
 * const motd = defineResource({
 *   uri: 'motd://today',
 *   name: 'motd',
 *   read: (uri) => ({ uri, mimeType: 'text/plain', text: 'Be kind.' }),
 * });
 */
export function defineResource(resource: Resource): Resource {
  return resource;
}

/**
 * Defines a resource template; its variables are what a URI has in their places.
 * @example
 * const square = defineResourceTemplate({
 *   uriTemplate: 'square://{n}',
 *   name: 'square',
 *   read: (uri, { n }) => ({ uri, mimeType: 'text/plain', text: String(Number(n) ** 2) }),
 * });
 */
export function defineResourceTemplate(template: ResourceTemplate): ResourceTemplate {
  return template;
}

/**
 * Defines a prompt.
 * @example
 * const review = definePrompt({
 *   name: 'review',
 *   arguments: [{ name: 'code', required: true }],
 *   get: ({ code }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Review this:\n${code}` } }] }),
 * });
 */
export function definePrompt(prompt: Prompt): Prompt {
  return prompt;
}

/**
 * Defines a catalog; what is left out is empty. Names and URIs must be unique, or it throws a TypeError.
 * @example
 * const empty = defineCatalog({ name: 'empty', version: '1.0.0' });
 * assert.deepEqual(empty.tools, []);
 */
export function defineCatalog(catalog: Partial<Catalog>): Catalog {
  const whole = { tools: [], resources: [], resourceTemplates: [], prompts: [], ...catalog };
  requireUnique(
    'tool',
    whole.tools.map((tool) => tool.name),
  );
  requireUnique(
    'resource',
    whole.resources.map((resource) => resource.uri),
  );
  requireUnique(
    'resource template',
    whole.resourceTemplates.map((template) => template.uriTemplate),
  );
  requireUnique(
    'prompt',
    whole.prompts.map((prompt) => prompt.name),
  );
  return Object.defineProperty(whole, CATALOG, { value: true });
}

/** Whether a value was made by {@link defineCatalog}. */
export function isCatalog(value: unknown): value is Catalog {
  return typeof value === 'object' && value !== null && CATALOG in value;
}

function requireUnique(kind: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`The catalog has two entries for the ${kind} "${twice}"`);
}
