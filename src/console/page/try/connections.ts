import { useEffect, useRef, useState } from 'preact/hooks';
import type { About } from '../../shown.js';
import { LegacyClient } from '../mcp/legacy.js';
import type { Authorize } from '../mcp/incoming.js';
import type { CallOptions, Client, Era } from '../mcp/messages.js';
import { ModernClient } from '../mcp/modern.js';
import { SseClient } from '../mcp/sse.js';
import type { Offered } from './offer.js';
import { readOffer } from './offer.js';
import { shownError } from './run.js';

/** The connection of one era: what it offers, or why there is none. */
export interface Connection {
  readonly client?: Client;
  readonly offer?: readonly Offered[];
  readonly problem?: string;
}

/** Connects in each era that is wanted, once; anew where the token is another. */
export function useConnections(about: About, eras: readonly Era[], token: string): Partial<Record<Era, Connection>> {
  const [found, setFound] = useState<Partial<Record<Era, Connection>>>({});
  const open = useRef(new Map<Era, Promise<Client>>());
  useEffect(() => {
    const mine = open.current;
    return () => {
      for (const client of mine.values()) void client.then((one) => one.close()).catch(() => undefined);
      mine.clear();
      setFound({});
    };
  }, [token]);
  useEffect(() => {
    for (const era of eras) {
      if (open.current.has(era)) continue;
      const opened = connect(about, era, token);
      open.current.set(era, opened);
      const isCurrent = () => open.current.get(era) === opened;
      const set = (connection: Connection) => isCurrent() && setFound((old) => ({ ...old, [era]: connection }));
      opened
        .then(async (client) => {
          const offer = await readOffer(client, QUIET);
          if (client instanceof ModernClient)
            for (const { kind, name, schema } of offer) if (kind === 'tool') client.schemas.set(name, schema);
          set({ client, offer });
        })
        .catch((error: unknown) => set({ problem: shownError(error).message }));
    }
  }, [eras.join(), token]);
  return found;
}

function connect({ mcp }: About, era: Era, token: string): Promise<Client> {
  const authorize: Authorize = () => (token === '' ? NOBODY : { authorization: `Bearer ${token}` });
  if (era === 'modern') return ModernClient.connect(authorize, QUIET);
  return mcp ? LegacyClient.connect(authorize, QUIET) : SseClient.connect(authorize, QUIET);
}

const NOBODY: Readonly<Record<string, string>> = {};
/** For what belongs to no call. */
const QUIET: CallOptions = { signal: new AbortController().signal, trace: () => undefined };
