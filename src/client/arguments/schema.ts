/** A JSON Schema as far as the client reads it. Booleans are schemas, too: `true` allows all. */
export interface ReadableSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, ReadableSchema>>;
  readonly required?: readonly string[];
  readonly items?: ReadableSchema;
  readonly prefixItems?: readonly ReadableSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly ReadableSchema[];
  readonly oneOf?: readonly ReadableSchema[];
  readonly allOf?: readonly ReadableSchema[];
  readonly $ref?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number | boolean;
  readonly exclusiveMaximum?: number | boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly title?: string;
  readonly description?: string;
  readonly $defs?: Readonly<Record<string, ReadableSchema>>;
  readonly definitions?: Readonly<Record<string, ReadableSchema>>;
}

/** A reference chain longer than this leads in a circle. */
const REFERENCES = 20;

/** The schema that a local `$ref` (`#/$defs/x`) leads to; the schema itself where it has none, `{}` where it leads nowhere. */
export function resolveReference(schema: ReadableSchema, root: ReadableSchema): ReadableSchema {
  let found = schema;
  for (let steps = 0; found.$ref !== undefined; steps++) {
    const path =
      found.$ref.startsWith('#') && steps < REFERENCES ? found.$ref.slice(1).split('/').filter(Boolean) : undefined;
    const target = path?.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[unescape(key)],
      root,
    );
    if (typeof target !== 'object' || target === null) return {};
    found = target;
  }
  return found;
}

function unescape(key: string): string {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The types that a value may have, those of its alternatives included; empty where anything goes. Each schema counts once, in whatever circles they refer to one another. */
export function typesOf(
  schema: ReadableSchema,
  root: ReadableSchema,
  seen: Set<ReadableSchema> = new Set<ReadableSchema>(),
): string[] {
  const resolved = resolveReference(schema, root);
  if (seen.has(resolved)) return [];
  seen.add(resolved);
  if (typeof resolved.type === 'string') return [resolved.type];
  if (resolved.type !== undefined) return [...resolved.type];
  const alternatives = resolved.anyOf ?? resolved.oneOf ?? resolved.allOf;
  if (alternatives !== undefined) return [...new Set(alternatives.flatMap((one) => typesOf(one, root, seen)))];
  const values = resolved.const !== undefined ? [resolved.const] : (resolved.enum ?? []);
  return [...new Set(values.map(typeOfValue))];
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
