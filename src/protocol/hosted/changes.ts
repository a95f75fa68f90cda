import type { RpcNotification } from '../../rpc/messages.js';
import type { Change } from '../../sessions/contract.js';
import type { Filter } from '../modern/listen.js';
import { LISTS } from '../served.js';
import type { Capabilities } from './sdk-server.js';

/** What a server's notification tells all listeners of; nothing where it is about one request. */
export function changeTold({ method, params }: RpcNotification): Change | undefined {
  const kind = LISTS.find((list) => method === `notifications/${list}/list_changed`);
  if (kind) return { kind };
  if (method !== 'notifications/resources/updated' || typeof params?.uri !== 'string') return undefined;
  return { kind: 'resource', uri: params.uri };
}

/** The part of a filter that is honoured: what a server says that it tells of. */
export function honouredBy({ tools, prompts, resources }: Capabilities, { lists, uris }: Filter): Filter {
  const told = {
    toolsListChanged: tools?.listChanged,
    promptsListChanged: prompts?.listChanged,
    resourcesListChanged: resources?.listChanged,
  };
  return { lists: lists.filter((list) => told[list]), uris: resources?.subscribe ? uris : [] };
}
