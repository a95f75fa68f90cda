// The providers, from a file; their keys, from the environment alone.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const MAX_PROVIDERS = 20;
const price = z.number().min(0);

// Strict: a key that somebody has written into the file is refused, and not merely ignored.
const provider = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,50}$/),
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().min(1),
  /** The variable that holds the key; none is sent where it is left out. */
  keyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .optional(),
  /** Dollars per million tokens. */
  pricePerMillion: z.strictObject({ input: price, output: price }),
});

const config = z.strictObject({
  /** How long one provider may take. */
  timeoutMs: z.int().min(1).max(600_000).default(20_000),
  /** How long an answer is given again; 0 for never. */
  cacheTtlMs: z.int().min(0).default(300_000),
  breaker: z
    .strictObject({ failures: z.int().min(1), halfOpenAfterMs: z.int().min(1) })
    .default({ failures: 3, halfOpenAfterMs: 10_000 }),
  providers: z.array(provider).min(1).max(MAX_PROVIDERS),
});

/** Reads the file. Throws an error that says what is wrong, or which variable is not set. */
export function readConfig(path, env) {
  const { success, data, error } = config.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!success) throw new Error(`${path}: ${z.prettifyError(error)}`);
  const names = data.providers.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new Error(`${path}: two providers have the same name`);
  const missing = data.providers.map(({ keyVariable }) => keyVariable).filter((name) => name && !env[name]);
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}: ${path} says that the keys are there`);
  return {
    ...data,
    providers: data.providers.map(({ keyVariable, ...each }) => ({ ...each, key: keyVariable && env[keyVariable] })),
  };
}
