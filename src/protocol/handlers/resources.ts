import type { CallContext } from '../../catalog/context.js';
import type { ListedResource, Resource, ResourceContents, ResourceTemplate } from '../../catalog/define.js';
import type { CompiledCatalog } from '../compile.js';
import { page } from '../pagination.js';
import type { Params } from '../params.js';
import { cursorIn, uriIn } from '../params.js';
import { RPC, RpcError } from '../../rpc/errors.js';

/** `resources/list`: the fixed ones, then what each template lists. */
export async function listResources(
  compiled: CompiledCatalog,
  params: Params,
  context: CallContext,
): Promise<Record<string, unknown>> {
  const { resources, resourceTemplates } = compiled.catalog;
  const fixed = resources.filter((resource) => isAvailable(resource, context)).map(shown);
  const listed = await Promise.all(
    resourceTemplates.map(async (template) => (isAvailable(template, context) ? (template.list?.(context) ?? []) : [])),
  );
  const all: object[] = [...fixed, ...listed.flat().map((resource: ListedResource) => ({ ...resource }))];
  const { items, ...next } = page('resources/list', all, cursorIn(params), compiled.pageSize('resources'));
  return { resources: items, ...next };
}

/** `resources/templates/list`. */
export function listTemplates(
  compiled: CompiledCatalog,
  params: Params,
  context: CallContext,
): Record<string, unknown> {
  const available = compiled.catalog.resourceTemplates.filter((template) => isAvailable(template, context));
  const size = compiled.pageSize('resourceTemplates');
  const { items, ...next } = page('resources/templates/list', available, cursorIn(params), size);
  return { resourceTemplates: items.map(shown), ...next };
}

/** `resources/read`; -32002 with `data.uri` where there is nothing (server/resources, "Error Handling"). */
export async function readResource(
  compiled: CompiledCatalog,
  params: Params,
  context: CallContext,
): Promise<{ contents: ResourceContents[] }> {
  const uri = uriIn(params);
  const contents = await find(compiled, uri)?.read(context);
  if (contents === undefined) throw notFound(uri);
  const all = Array.isArray(contents) ? contents : [contents];
  if (!all.every((part) => typeof part?.uri === 'string'))
    throw new TypeError(`The resource ${uri} answered with contents that name no URI`);
  return { contents: all };
}

/** The URI that params name, where this caller may subscribe to it; throws -32002 otherwise. */
export function subscribableUri(compiled: CompiledCatalog, params: Params, context: CallContext): string {
  const uri = uriIn(params);
  if (!find(compiled, uri)?.available(context)) throw notFound(uri);
  const entry = entryAt(compiled, uri);
  if (entry && !canChange(entry))
    throw new RpcError(RPC.invalidParams, `No changes of ${uri} are told: it can't be subscribed to`);
  return uri;
}

/** The resource or template that serves a URI. */
export function entryAt(compiled: CompiledCatalog, uri: string): Resource | ResourceTemplate | undefined {
  return compiled.resources.get(uri) ?? compiled.templates.find(({ matcher }) => matcher.match(uri))?.template;
}

/** Whether it is ever said of a resource that it has changed. */
export function canChange({ changes }: Resource | ResourceTemplate): boolean {
  return changes !== false;
}

interface Found {
  available(context: CallContext): boolean;
  read(context: CallContext): ReturnType<Resource['read']>;
}

function find(compiled: CompiledCatalog, uri: string): Found | undefined {
  const resource = compiled.resources.get(uri);
  if (resource) return found(resource, (context) => resource.read(uri, context));
  for (const { template, matcher } of compiled.templates) {
    const variables = matcher.match(uri);
    if (variables) return found(template, (context) => template.read(uri, variables, context));
  }
  return undefined;
}

function found(entry: Resource | ResourceTemplate, read: Found['read']): Found {
  return {
    available: (context) => isAvailable(entry, context),
    read: (context) => (isAvailable(entry, context) ? read(context) : undefined),
  };
}

function isAvailable(entry: Resource | ResourceTemplate, context: CallContext): boolean {
  return entry.available?.(context) ?? true;
}

function shown(entry: Resource | ResourceTemplate): Record<string, unknown> {
  const { name, title, description, mimeType, annotations, icons, _meta } = entry;
  const where = 'uri' in entry ? { uri: entry.uri } : { uriTemplate: entry.uriTemplate };
  return { ...where, name, title, description, mimeType, annotations, icons, _meta };
}

function notFound(uri: string): RpcError {
  return new RpcError(RPC.resourceNotFound, 'Resource not found', { uri });
}
