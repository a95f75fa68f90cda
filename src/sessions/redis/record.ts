import * as z from 'zod';
import type { NewSession, SessionRecord } from '../contract.js';

const SUBSCRIPTION = 'sub:';

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});
const count = z.coerce.number().int().nonnegative();

/** The hash of a session as this version writes it; `v` is the version of these fields. */
const fields = z.object({
  v: z.literal('1'),
  initialize: json.pipe(z.record(z.string(), z.unknown())),
  protocolVersion: z.string(),
  owner: z.string().optional(),
  createdAt: count,
  lastActivity: count,
  requestCount: count.default(0),
  calculationCount: count.default(0),
  logLevel: z.string().optional(),
  listened: z.literal('1').optional(),
});

/** Fields and values of a new session, beside those that the script sets. */
export function writeRecord(session: NewSession): string[] {
  const { initialize, protocolVersion, owner } = session;
  const written = ['initialize', JSON.stringify(initialize), 'protocolVersion', protocolVersion];
  return owner === undefined ? written : [...written, 'owner', owner];
}

/** The record in a reply to HGETALL; null when it is not one that this version can read. */
export function readRecord(id: string, reply: readonly string[]): SessionRecord | null {
  const hash: Record<string, string> = {};
  const subscriptions: string[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const [name, value] = [reply[i] as string, reply[i + 1] as string];
    if (name.startsWith(SUBSCRIPTION)) subscriptions.push(name.slice(SUBSCRIPTION.length));
    else hash[name] = value;
  }
  const parsed = fields.safeParse(hash);
  if (!parsed.success) return null;
  const { v: _version, listened, ...record } = parsed.data;
  return { id, ...record, subscriptions, listened: listened === '1' };
}
