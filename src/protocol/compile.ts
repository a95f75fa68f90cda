import type { Catalog, PageSizes, Prompt, Resource, ResourceTemplate, Tool } from '../catalog/define.js';
import { DEFAULT_PAGE_SIZE } from './pagination.js';
import { RpcError } from '../rpc/errors.js';
import type { CompiledSchema, JsonSchemaValidator } from './schema.js';
import { compileSchema, isZod } from './schema.js';
import type { TemplateMatcher } from './uri-template.js';
import { compileTemplate } from './uri-template.js';

export interface CompiledTool {
  readonly tool: Tool;
  readonly input: CompiledSchema;
  readonly output?: CompiledSchema;
  /** The tool as `tools/list` shows it, made at the first look. */
  listed(): Record<string, unknown>;
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
  readonly capabilities: Record<string, Record<string, unknown>>;
  pageSize(list: keyof PageSizes): number;
}

/**
 * Compiles schemas, templates and look-ups; the validator is loaded only for a catalog that has plain JSON Schema. Rejects with a
 * TypeError for a schema or template that is malformed.
 */
export async function compileCatalog(
  catalog: Catalog,
  loadValidator: () => Promise<JsonSchemaValidator>,
): Promise<CompiledCatalog> {
  const schemas = catalog.tools.flatMap(({ inputSchema, outputSchema }) => [inputSchema, outputSchema]);
  const validator = schemas.every((schema) => schema === undefined || isZod(schema))
    ? undefined
    : await loadValidator();
  const { pageSize } = catalog;
  return {
    catalog,
    tools: new Map(catalog.tools.map((tool) => [tool.name, compileTool(tool)])),
    resources: new Map(catalog.resources.map((resource) => [resource.uri, resource])),
    templates: catalog.resourceTemplates.map((template) => ({
      template,
      matcher: compileTemplate(template.uriTemplate),
    })),
    prompts: new Map(catalog.prompts.map((prompt) => [prompt.name, prompt])),
    capabilities: capabilitiesOf(catalog),
    pageSize: (list) => (typeof pageSize === 'number' ? pageSize : pageSize?.[list]) ?? DEFAULT_PAGE_SIZE,
  };

  function compileTool(tool: Tool): CompiledTool {
    const input = compileSchema(tool.inputSchema, 'input', validator);
    const output = tool.outputSchema && compileSchema(tool.outputSchema, 'output', validator);
    let listed: Record<string, unknown> | undefined;
    return { tool, input, output, listed: () => (listed ??= listTool(tool, input, output)) };
  }
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

function capabilitiesOf(catalog: Catalog): Record<string, Record<string, unknown>> {
  const hasResources = catalog.resources.length > 0 || catalog.resourceTemplates.length > 0;
  const changes = [...catalog.resources, ...catalog.resourceTemplates].some((entry) => entry.changes !== false);
  return {
    logging: {},
    ...(catalog.tools.length > 0 && { tools: {} }),
    ...(hasResources && { resources: changes ? { subscribe: true } : {} }),
    ...(catalog.prompts.length > 0 && { prompts: {} }),
    ...((catalog.prompts.length > 0 || catalog.resourceTemplates.length > 0) && { completions: {} }),
  };
}

/** The answer for a tool or prompt that this build knows and does not offer; undefined where the name means nothing. */
export function withheldError({ catalog: { withheld = {} } }: CompiledCatalog, name: string): RpcError | undefined {
  const found = Object.hasOwn(withheld, name) ? withheld[name] : undefined;
  return found && new RpcError(found.code, found.message);
}
