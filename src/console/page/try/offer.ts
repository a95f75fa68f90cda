import type { CallOptions, Client, Params } from '../mcp/messages.js';
import { CallError } from '../mcp/messages.js';
import type { Schema } from '../schema/schema.js';

/** Pages of one list that are read. */
const PAGES = 50;

export type OfferKind = 'tool' | 'resource' | 'template' | 'prompt';

/** Something that can be tried. */
export interface Offered {
  readonly kind: OfferKind;
  /** The name of a tool or a prompt, the URI of a resource, or its template. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the form asks for. */
  readonly schema: Schema;
  readonly entry: Params;
}

export const KINDS: readonly { kind: OfferKind; heading: string; method: string; list: string; capability: string }[] =
  [
    { kind: 'tool', heading: 'Tools', method: 'tools/list', list: 'tools', capability: 'tools' },
    { kind: 'resource', heading: 'Resources', method: 'resources/list', list: 'resources', capability: 'resources' },
    {
      kind: 'template',
      heading: 'Resource templates',
      method: 'resources/templates/list',
      list: 'resourceTemplates',
      capability: 'resources',
    },
    { kind: 'prompt', heading: 'Prompts', method: 'prompts/list', list: 'prompts', capability: 'prompts' },
  ];

/** All that a server offers. What it does not know is left out. */
export async function readOffer(client: Client, options: CallOptions): Promise<readonly Offered[]> {
  const capabilities = (client.greeting.capabilities ?? {}) as Params;
  const wanted = KINDS.filter(({ capability }) => capability in capabilities);
  const lists = await Promise.all(
    wanted.map(async ({ kind, method, list }) => {
      const entries = await readList(client, method, list, options);
      return entries.map((entry) => offered(kind, entry));
    }),
  );
  return lists.flat();
}

async function readList(
  client: Client,
  method: string,
  list: string,
  options: CallOptions,
): Promise<readonly Params[]> {
  const all: Params[] = [];
  let cursor: unknown;
  for (let page = 0; page < PAGES; page += 1) {
    try {
      const result = await client.request(method, cursor === undefined ? {} : { cursor }, options);
      all.push(...((result[list] ?? []) as Params[]));
      cursor = result.nextCursor;
    } catch (error) {
      if (error instanceof CallError && error.failure.code === -32601) return all;
      throw error;
    }
    if (cursor === undefined) return all;
  }
  return all;
}

function offered(kind: OfferKind, entry: Params): Offered {
  const name = text(kind === 'resource' ? entry.uri : kind === 'template' ? entry.uriTemplate : entry.name);
  return {
    kind,
    name,
    title: text(entry.title) || text(entry.name) || name,
    description: text(entry.description),
    schema: schemaOf(kind, entry),
    entry,
  };
}

function schemaOf(kind: OfferKind, entry: Params): Schema {
  if (kind === 'tool') return (entry.inputSchema ?? { type: 'object' }) as Schema;
  if (kind === 'prompt') {
    const given = (entry.arguments ?? []) as { name: string; description?: string; required?: boolean }[];
    return {
      type: 'object',
      properties: Object.fromEntries(
        given.map(({ name, description }) => [name, { type: 'string', description: text(description) }]),
      ),
      required: given.filter(({ required }) => required).map(({ name }) => name),
    };
  }
  const names = kind === 'template' ? variablesOf(text(entry.uriTemplate)) : [];
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', maxLength: 200 }])),
    required: names,
  };
}

/** An expression of a URI template (RFC 6570): an operator, and variables between commas. */
const EXPRESSION = /\{([+#./;?&]?)([^{}]+)\}/g;

function variablesOf(template: string): string[] {
  return [
    ...new Set([...template.matchAll(EXPRESSION)].flatMap(([, , names = '']) => names.split(',').map(variableOf))),
  ];
}

/** Without its modifier. */
function variableOf(name: string): string {
  return name.replace(/(\*|:\d+)$/, '');
}

/** The URI of a template with these values; what is left out is left out there. */
function expanded(template: string, values: Params): string {
  return template.replace(EXPRESSION, (_whole, operator: string, names: string) => {
    const isRaw = operator === '+' || operator === '#';
    const isNamed = '?&;'.includes(operator) && operator !== '';
    const parts = names
      .split(',')
      .map(variableOf)
      .filter((name) => text(values[name]) !== '')
      .map((name) => {
        const value = isRaw ? encodeURI(text(values[name])) : encodeURIComponent(text(values[name]));
        return isNamed ? `${name}=${value}` : value;
      });
    if (parts.length === 0) return '';
    const first = operator === '+' ? '' : operator;
    const between = operator === '' || isRaw ? ',' : operator === '?' ? '&' : operator;
    return first + parts.join(between);
  });
}

/** The request that tries it. */
export function requestFor({ kind, name }: Offered, values: unknown): { method: string; params: Params } {
  if (kind === 'tool') return { method: 'tools/call', params: { name, arguments: values ?? {} } };
  if (kind === 'prompt') return { method: 'prompts/get', params: { name, arguments: values ?? {} } };
  const uri = kind === 'template' ? expanded(name, (values ?? {}) as Params) : name;
  return { method: 'resources/read', params: { uri } };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
