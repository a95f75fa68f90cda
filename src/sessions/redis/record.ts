import * as z from 'zod';
import type { NewSession, SessionRecord } from '../contract.js';

/** What stands before a URI in the name of the field that marks a subscription. */
const SUBSCRIPTION = 'sub:';

const json = z.string().refine((text) => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}, 'not JSON');
const count = z.coerce.number().int().nonnegative();

/** The hash of a session: what is read of it with every request. Beside them it has a field for each subscription. */
const fields = z.object({
  initialize: json,
  protocolVersion: z.string(),
  owner: z.string().optional(),
  createdAt: count,
  lastActivity: count,
  requestCount: count.default(0),
  calculationCount: count.default(0),
  logLevel: z.string().optional(),
  listened: z.literal('1').optional(),
  /** How many there are. */
  subscribed: count.default(0),
});

/** The names of the fields, in the order in which {@link readRecord} wants their values. */
export const RECORD_FIELDS = Object.keys(fields.shape);

/** Fields and values of a new session, beside those that the script sets. */
export function writeRecord({ initialize, protocolVersion, owner }: NewSession): string[] {
  const written = ['initialize', initialize, 'protocolVersion', protocolVersion];
  return owner === undefined ? written : [...written, 'owner', owner];
}

/** The record in the values of {@link RECORD_FIELDS}. Throws a ZodError for what is not a record of this version. */
export function readRecord(id: string, values: readonly (string | null)[]): SessionRecord {
  const hash: Record<string, string | undefined> = {};
  for (const [index, name] of RECORD_FIELDS.entries()) hash[name] = values[index] ?? undefined;
  const { listened, subscribed, ...record } = fields.parse(hash);
  return { id, ...record, listened: listened === '1', subscribed: subscribed > 0 };
}

/** The URIs among the names of all the fields. */
export function subscriptionsIn(names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(SUBSCRIPTION)).map((name) => name.slice(SUBSCRIPTION.length));
}
