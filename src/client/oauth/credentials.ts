import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoredOAuthClientInformation, StoredOAuthTokens } from '@modelcontextprotocol/client';
import type { ProofKey } from './proof-key.js';

/** What is kept of one server. Both carry the issuer that they belong to, and are shown to no other. */
export interface Credentials {
  readonly client?: StoredOAuthClientInformation;
  readonly tokens?: StoredOAuthTokens;
  /** Scopes of the latest grant, for the next one to include. */
  readonly scope?: string;
  /** What the tokens are bound to, where the authorization server binds them. */
  readonly proofKey?: ProofKey;
  /** The address the browser returns to, which the client is registered with. */
  readonly redirectUrl?: string;
}

/** Keeps credentials by the address of the server. */
export interface CredentialStore {
  load(server: string): Promise<Credentials>;
  save(server: string, credentials: Credentials): Promise<void>;
  /** False when there was nothing to forget. */
  forget(server: string): Promise<boolean>;
  /** Has the next `load` look again: another process may have saved something since. */
  reread(): void;
}

/** Servers whose credentials one file keeps; the oldest is dropped. */
const SERVERS_PER_FILE = 200;

/** Credentials in a JSON file that only its owner may read (mode 600, its folder 700). */
export function fileCredentials(path: string): CredentialStore {
  const read = async (): Promise<Record<string, Credentials>> => {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Record<string, Credentials>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw new Error(`${path} can't be read: ${(error as Error).message}`, { cause: error });
    }
  };
  // Every request wants them.
  let kept: Promise<Record<string, Credentials>> | undefined;
  const reread = (): void => void (kept = undefined);
  return {
    reread,
    load: async (server) => (await (kept ??= read()))[server] ?? {},
    save: async (server, credentials) => {
      const { [server]: _before, ...others } = await read();
      const entries = [...Object.entries(others), [server, credentials] as const].slice(-SERVERS_PER_FILE);
      await write(path, Object.fromEntries(entries));
      reread();
    },
    forget: async (server) => {
      const { [server]: known, ...others } = await read();
      if (known === undefined) return false;
      await write(path, others);
      reread();
      return true;
    },
  };
}

/** Credentials for this run alone. */
export function memoryCredentials(): CredentialStore {
  const kept = new Map<string, Credentials>();
  return {
    load: (server) => Promise.resolve(kept.get(server) ?? {}),
    save: (server, credentials) => Promise.resolve(void kept.set(server, credentials)),
    forget: (server) => Promise.resolve(kept.delete(server)),
    reread: () => undefined,
  };
}

/** Written beside and renamed, so that a reader never sees half a file; created with its mode, so that nobody reads it before. */
async function write(path: string, content: Record<string, Credentials>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
  } finally {
    await file.close();
  }
  await chmod(beside, 0o600);
  await rename(beside, path).catch(async (error: unknown) => {
    await rm(beside, { force: true });
    throw error;
  });
}
