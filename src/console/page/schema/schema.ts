/** A JSON Schema, as far as a form is made of it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly enumNames?: readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly default?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly $ref?: string;
  readonly [keyword: string]: unknown;
}

export interface Choice {
  readonly value: unknown;
  readonly label: string;
}

/** Of which kind the field for a schema is; `raw` is JSON, for what has no field of its own. */
export type Field =
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'text' | 'number' | 'boolean' | 'object' | 'array' | 'raw' };

/** How often a `$ref` is followed: one that leads to itself has no form. */
const REFERENCES = 10;
/** How deep forms are nested before they become JSON. */
export const MAX_DEPTH = 6;

/** The schema that is meant: a local `$ref` followed, and what may be null beside it left out. Others' references are never fetched. */
export function resolved(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let step = 0; step < REFERENCES && typeof found.$ref === 'string'; step += 1) {
    const { $ref, ...own } = found;
    const target = found.$ref === '#' ? root : at(root, $ref ?? '');
    if (!target) return own;
    found = { ...target, ...own };
  }
  const some = found.anyOf ?? found.oneOf;
  const real = some?.filter(({ type }) => type !== 'null');
  if (real?.length === 1 && some && some.length > 1) {
    const { anyOf: _any, oneOf: _one, ...own } = found;
    return resolved({ ...real[0], ...own }, root);
  }
  return found;
}

function at(root: Schema, pointer: string): Schema | undefined {
  if (!pointer.startsWith('#/')) return undefined;
  let value: unknown = root;
  for (const part of pointer.slice(2).split('/')) {
    const key = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return isObject(value) ? (value as Schema) : undefined;
}

export function fieldOf(schema: Schema): Field {
  const choices = choicesOf(schema);
  if (choices) return { kind: 'choice', choices };
  if (schema.anyOf || schema.oneOf || schema.allOf || schema.$ref) return { kind: 'raw' };
  switch (typeOf(schema)) {
    case 'string':
      return { kind: 'text' };
    case 'number':
    case 'integer':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'object':
      return { kind: schema.properties ? 'object' : 'raw' };
    case 'array': {
      const several = schema.items && choicesOf(schema.items);
      if (several) return { kind: 'choices', choices: several };
      return { kind: isObject(schema.items) ? 'array' : 'raw' };
    }
    default:
      return { kind: schema.properties ? 'object' : 'raw' };
  }
}

/** The one type beside null; undefined where there are several, or none is said. */
export function typeOf({ type }: Schema): string | undefined {
  if (typeof type === 'string') return type;
  const real = type?.filter((one) => one !== 'null') ?? [];
  return real.length === 1 ? real[0] : undefined;
}

function choicesOf(schema: Schema): readonly Choice[] | undefined {
  if (schema.enum)
    return schema.enum.map((value, index) => ({ value, label: schema.enumNames?.[index] ?? shown(value) }));
  if ('const' in schema) return [{ value: schema.const, label: schema.title ?? shown(schema.const) }];
  const some = schema.oneOf ?? schema.anyOf;
  if (!some || some.length === 0 || !some.every((one) => 'const' in one)) return undefined;
  return some.map((one) => ({ value: one.const, label: one.title ?? shown(one.const) }));
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a form begins with: defaults, and the parts that must be there. */
export function initialOf(given: Schema, root: Schema, isRequired = true, depth = 0): unknown {
  const schema = resolved(given, root);
  if (schema.default !== undefined) return schema.default;
  if (!isRequired || depth > MAX_DEPTH) return undefined;
  const field = fieldOf(schema);
  if (field.kind === 'choice') return field.choices[0]?.value;
  if (field.kind === 'boolean') return false;
  if (field.kind === 'array' || field.kind === 'choices') {
    const least = field.kind === 'array' ? Math.min(schema.minItems ?? 0, MAX_INITIAL_ITEMS) : 0;
    return Array.from({ length: least }, () => initialOf(schema.items ?? {}, root, true, depth + 1));
  }
  if (field.kind !== 'object') return undefined;
  return Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .map(([key, part]) => [key, initialOf(part, root, schema.required?.includes(key) ?? false, depth + 1)])
      .filter(([, value]) => value !== undefined),
  );
}

/** Items that a list begins with, whatever its schema asks for. */
const MAX_INITIAL_ITEMS = 5;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
