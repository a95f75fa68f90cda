import type {
  Capabilities,
  Catalog,
  IntroducedCatalog,
  PageSizes,
  Prompt,
  Resource,
  ResourceTemplate,
  Schema,
  Tool,
} from '../catalog/define.js';
import { takingHistoryId } from './modern/history-id.js';
import { refuseForeignSchemas } from './foreign-schema.js';
import { paramHeadersOf } from '../rpc/param-headers.js';
import type { ParamHeader } from '../rpc/param-headers.js';
import { DEFAULT_PAGE_SIZE } from './pagination.js';
import { RpcError } from '../rpc/errors.js';
import type { CompiledSchema, JsonSchemaValidator, SchemaHelpers, ZodUse } from './schema.js';
import { compileSchema, helpersFor, isZod } from './schema.js';
import type { TemplateMatcher } from './uri-template.js';
import { compileTemplate } from './uri-template.js';

export interface CompiledTool {
  readonly tool: Tool;
  readonly input: CompiledSchema;
  readonly output?: CompiledSchema;
  /** Whether a call of it may name its history, by an argument beside those of its schema. */
  readonly takesHistoryId?: boolean;
  /** The tool as `tools/list` shows it, made at the first look. */
  listed(): Record<string, unknown>;
  /** The arguments that clients of the modern era repeat as headers. */
  paramHeaders(): readonly ParamHeader[];
}

export interface CompiledTemplate {
  readonly template: ResourceTemplate;
  readonly matcher: TemplateMatcher;
}

/** A catalog made ready once; every exchange is served from it. */
export interface CompiledCatalog {
  readonly catalog: Catalog;
  readonly tools: ReadonlyMap<string, CompiledTool>;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly templates: readonly CompiledTemplate[];
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly capabilities: Capabilities;
  /** The same with histories that are opened: for the modern era, where something is kept. Absent where no tool opens any. */
  readonly withHistories?: CompiledCatalog;
  /** Whether any tool may become a task. */
  readonly hasTasks: boolean;
  /** Whether another catalog may take the place of this one at any time. */
  readonly isReplaceable: boolean;
  pageSize(list: keyof PageSizes): number;
}

/**
 * Compiles schemas, templates and look-ups; the validator is loaded only for a catalog that has plain JSON Schema. Rejects with a
 * TypeError for a schema or template that is malformed, and for an `x-mcp-header` that clients would refuse.
 */
export async function compileCatalog(
  catalog: Catalog,
  loadValidator: () => Promise<JsonSchemaValidator>,
  zod?: ZodUse,
  isReplaceable = false,
): Promise<CompiledCatalog> {
  catalog.tools.forEach(refuseForeignSchemas);
  const schemas = catalog.tools.flatMap(({ inputSchema, outputSchema }) =>
    outputSchema ? [inputSchema, outputSchema] : [inputSchema],
  );
  const helpers = await helpersFor(schemas, loadValidator, zod);
  const { pageSize } = catalog;
  const all = catalog.tools.map(compileTool);
  const plain = all.filter(({ tool }) => tool.history !== 'opens');
  const opensHistories = plain.length < all.length;
  const compiled = {
    ...withTools(plain),
    resources: new Map(catalog.resources.map((resource) => [resource.uri, resource])),
    templates: catalog.resourceTemplates.map((template) => ({
      template,
      matcher: compileTemplate(template.uriTemplate),
    })),
    prompts: new Map(catalog.prompts.map((prompt) => [prompt.name, prompt])),
    capabilities: isReplaceable ? CAPABILITIES_OF_ANY : capabilitiesOf(catalog),
    isReplaceable,
    hasTasks: catalog.tools.some(({ task }) => task),
    pageSize: (list: keyof PageSizes) =>
      (typeof pageSize === 'number' ? pageSize : pageSize?.[list]) ?? DEFAULT_PAGE_SIZE,
  };
  return {
    ...compiled,
    ...(opensHistories && { withHistories: { ...compiled, ...withTools(all.map(namingHistory)) } }),
  };

  function withTools(tools: readonly CompiledTool[]): Pick<CompiledCatalog, 'catalog' | 'tools'> {
    return {
      catalog: { ...catalog, tools: tools.map(({ tool }) => tool) },
      tools: new Map(tools.map((compiled) => [compiled.tool.name, compiled])),
    };
  }

  function compileTool(tool: Tool): CompiledTool {
    const { input, output } = compileSchemas(tool, helpers);
    let listed: Record<string, unknown> | undefined;
    // A schema of zod is looked at with the first call: to make JSON Schema of all of them would be a tenth of a start.
    let headers = isZod(tool.inputSchema) ? undefined : paramHeadersOf(tool.name, input.json());
    return {
      tool,
      input,
      output,
      listed: () => (listed ??= listTool(tool, input, output)),
      paramHeaders: () => (headers ??= paramHeadersOf(tool.name, input.json())),
    };
  }
}

/**
 * A catalog that is loaded and compiled with the first request that needs more than its introduction: nobody may read what it
 * contains before `load` has resolved.
 */
export class LaterCatalog implements CompiledCatalog {
  private compiled: CompiledCatalog | undefined;
  private loading: Promise<void> | undefined;

  constructor(
    private readonly introduced: IntroducedCatalog,
    private readonly loadValidator: () => Promise<JsonSchemaValidator>,
    private readonly zod?: ZodUse,
  ) {}

  get capabilities(): Capabilities {
    return this.introduced.capabilities;
  }
  get hasTasks(): boolean {
    return this.introduced.hasTasks;
  }
  get isReplaceable(): boolean {
    return false;
  }
  get catalog(): Catalog {
    return this.whole.catalog;
  }
  get tools(): CompiledCatalog['tools'] {
    return this.whole.tools;
  }
  /** Nobody looks into either before it is loaded. */
  get withHistories(): CompiledCatalog | undefined {
    return this.compiled?.withHistories;
  }
  get resources(): CompiledCatalog['resources'] {
    return this.whole.resources;
  }
  get templates(): CompiledCatalog['templates'] {
    return this.whole.templates;
  }
  get prompts(): CompiledCatalog['prompts'] {
    return this.whole.prompts;
  }
  pageSize(list: keyof PageSizes): number {
    return this.whole.pageSize(list);
  }

  /** Resolves when it is loaded; rejects with what keeps it from it, and for a catalog that was introduced as what it is not. */
  load(): Promise<void> {
    return (this.loading ??= this.compile());
  }

  private async compile(): Promise<void> {
    const compiled = await compileCatalog(await this.introduced.load(), this.loadValidator, this.zod);
    const offered = ({ capabilities, hasTasks }: CompiledCatalog) => JSON.stringify([capabilities, hasTasks]);
    if (offered(compiled) !== offered(this)) {
      throw new TypeError('The catalog has other capabilities than it was introduced with');
    }
    this.compiled = compiled;
  }

  private get whole(): CompiledCatalog {
    if (!this.compiled) throw new Error('The catalog is not loaded yet');
    return this.compiled;
  }
}

/** Throws a TypeError that names the tool and which of its schemas is malformed. */
function compileSchemas(
  { name, inputSchema, outputSchema }: Tool,
  helpers: SchemaHelpers,
): Pick<CompiledTool, 'input' | 'output'> {
  const compiled = (which: 'input' | 'output', schema: Schema) => {
    try {
      return compileSchema(schema, which, helpers);
    } catch (cause) {
      throw new TypeError(`Tool ${name}: its ${which}Schema can't be used: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    input: compiled('input', inputSchema),
    ...(outputSchema && { output: compiled('output', outputSchema) }),
  };
}

/** A tool that uses histories, with the argument that names one. */
function namingHistory(compiled: CompiledTool): CompiledTool {
  if (compiled.tool.history !== 'uses') return compiled;
  const input = takingHistoryId(compiled.input);
  let listed: Record<string, unknown> | undefined;
  return {
    ...compiled,
    takesHistoryId: true,
    input,
    listed: () => (listed ??= { ...compiled.listed(), inputSchema: input.json() }),
  };
}

function listTool(tool: Tool, input: CompiledSchema, output: CompiledSchema | undefined): Record<string, unknown> {
  const { name, title, description, annotations, icons, _meta } = tool;
  return {
    name,
    title,
    description,
    inputSchema: input.json(),
    ...(output && { outputSchema: output.json() }),
    ...(annotations && { annotations: { title, ...annotations } }),
    ...(icons && { icons }),
    ...(_meta && { _meta }),
  };
}

/** Of a catalog that is replaced while clients are connected, who hear only once what it can do: the next may have what this one lacks. */
const CAPABILITIES_OF_ANY: Capabilities = {
  logging: {},
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  completions: {},
};

function capabilitiesOf(catalog: Catalog): Capabilities {
  const hasResources = catalog.resources.length > 0 || catalog.resourceTemplates.length > 0;
  const changes = [...catalog.resources, ...catalog.resourceTemplates].some((entry) => entry.changes !== false);
  const listChanges = catalog.resourceTemplates.some((template) => template.listChanges);
  return {
    logging: {},
    ...(catalog.tools.length > 0 && { tools: {} }),
    ...(hasResources && {
      resources: { ...(changes && { subscribe: true }), ...(listChanges && { listChanged: true }) },
    }),
    ...(catalog.prompts.length > 0 && { prompts: {} }),
    ...((catalog.prompts.length > 0 || catalog.resourceTemplates.length > 0) && { completions: {} }),
  };
}

/** The answer for a tool or prompt that this build knows and does not offer; undefined where the name means nothing. */
export function withheldError({ catalog: { withheld = {} } }: CompiledCatalog, name: string): RpcError | undefined {
  const found = Object.hasOwn(withheld, name) ? withheld[name] : undefined;
  return found && new RpcError(found.code, found.message);
}
