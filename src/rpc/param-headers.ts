import { isObject } from './messages.js';

/** An argument that clients repeat as a header: `Mcp-Param-{Name}` (2026-07-28, server/tools, "x-mcp-header"). */
export interface ParamHeader {
  /** Lower-case, as Node gives header names. */
  readonly header: string;
  /** Where the argument is, from the root of the arguments. */
  readonly path: readonly string[];
}

/** RFC 9110, 5.6.2: 1*tchar. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PRIMITIVES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Keywords under which a property is not reached by `properties` alone, or is not one property. */
const ANNOTATION = 'x-mcp-header';

/**
 * The headers that a tool's input schema asks for. Throws a TypeError for an annotation that clients must refuse the tool for: not a
 * token, twice the same name, a type that is not primitive, or a place that `properties` alone don't lead to.
 */
export function paramHeadersOf(tool: string, schema: unknown): readonly ParamHeader[] {
  const found = collect(schema, []);
  const annotated = countAnnotations(schema);
  if (annotated === 0) return found;
  if (annotated > found.length) {
    throw new TypeError(`The tool ${tool} has an "${ANNOTATION}" where "properties" alone do not lead to`);
  }
  const seen = new Set<string>();
  for (const { header, name, type } of found) {
    if (!TOKEN.test(name)) throw new TypeError(`The tool ${tool}: "${ANNOTATION}": "${name}" is not a header's name`);
    if (!PRIMITIVES.has(type))
      throw new TypeError(`The tool ${tool}: "${ANNOTATION}" is for a string, an integer or a boolean`);
    if (seen.has(header)) throw new TypeError(`The tool ${tool} has "${ANNOTATION}": "${name}" twice`);
    seen.add(header);
  }
  return found.map(({ header, path }) => ({ header, path }));
}

interface Annotated extends ParamHeader {
  readonly name: string;
  readonly type: unknown;
}

function collect(schema: unknown, path: readonly string[]): Annotated[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  return Object.entries(schema.properties).flatMap(([key, property]) => {
    const here = [...path, key];
    const own = isObject(property) && ANNOTATION in property ? [annotation(property, here)] : [];
    return [...own, ...collect(property, here)];
  });
}

function annotation(property: Record<string, unknown>, path: readonly string[]): Annotated {
  const name = String(property[ANNOTATION]);
  return { name, header: `mcp-param-${name.toLowerCase()}`, path, type: property.type };
}

/** All annotations, wherever they are: those that `collect` has not found are in places that can't be meant. */
function countAnnotations(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + countAnnotations(part), 0);
  if (!isObject(value)) return 0;
  const own = typeof value[ANNOTATION] === 'string' ? 1 : 0;
  return Object.values(value).reduce((sum: number, part) => sum + countAnnotations(part), own);
}

/** The argument at a path; undefined where it is absent or null: then its header must be absent too. */
export function argumentAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value ?? undefined;
}
