import { createHash } from 'node:crypto';
import type { SessionRecord, Storage } from '../sessions/contract.js';
import { oneLine } from '../text/harmless.js';
import { shortSession } from '../text/secrets.js';
import type { ShownSession, ShownSessions } from './shown.js';

/** Sessions that are shown: those that were used last. */
const SHOWN_SESSIONS = 200;
/** Characters of what a client says of itself. */
const CLIENT_CHARACTERS = 80;
const OWNER_CHARACTERS = 120;

/** The sessions of all nodes. Rejects with a StoreUnavailableError. */
export async function shownSessions({ sessions }: Storage): Promise<ShownSessions> {
  const [open, records = []] = await Promise.all([sessions.count(), sessions.list?.(SHOWN_SESSIONS)]);
  return { open, sessions: records.map(shown) };
}

/** The id of the session that the page names by its key; undefined where it has ended meanwhile. */
export async function findSession({ sessions }: Storage, key: string): Promise<string | undefined> {
  const records = (await sessions.list?.(SHOWN_SESSIONS)) ?? [];
  return records.find(({ id }) => keyOf(id) === key)?.id;
}

function shown({ id, initialize, ...record }: SessionRecord): ShownSession {
  const { clientInfo } = JSON.parse(initialize) as { clientInfo?: { name?: unknown; version?: unknown } };
  return {
    key: keyOf(id),
    id: shortSession(id),
    client: text(clientInfo?.name, CLIENT_CHARACTERS),
    version: text(clientInfo?.version, CLIENT_CHARACTERS),
    protocol: record.protocolVersion,
    owner: record.owner && oneLine(record.owner, OWNER_CHARACTERS),
    node: id.includes('.') ? id.split('.', 1)[0] : undefined,
    createdAt: record.createdAt,
    lastActivity: record.lastActivity,
    requests: record.requestCount,
  };
}

function text(value: unknown, longest: number): string {
  return typeof value === 'string' ? oneLine(value, longest) : '';
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
