import type { Tool } from '../catalog/define.js';

/**
 * Throws a TypeError for what looks like a schema and would check nothing: a raw shape of zod, which is an open JSON Schema to whoever
 * reads it, and a schema of zod 3.
 */
export function refuseForeignSchemas({ name, inputSchema, outputSchema }: Tool): void {
  for (const [which, schema] of Object.entries({ inputSchema, outputSchema })) {
    const fault = schema === undefined && which === 'outputSchema' ? undefined : faultOf(schema);
    if (fault !== undefined) throw new TypeError(`Tool ${name}: its ${which} ${fault}`);
  }
}

function faultOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return 'is not a schema: give it zod or JSON Schema';
  if ('_zod' in schema) return undefined;
  if (isOldZod(schema)) return 'is a schema of zod 3: zod 4 is needed (npm install zod@4)';
  const isShape = Object.values(schema).some((value) => isNewZod(value) || isOldZod(value));
  return isShape ? 'is a shape of zod: put z.object(…) around it' : undefined;
}

function isNewZod(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function isOldZod(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('_def' in value) || '_zod' in value) return false;
  return typeof (value._def as { typeName?: unknown } | undefined)?.typeName === 'string';
}
