import { HttpError } from '../errors.js';
import { quote } from '../../text/harmless.js';
import type { Guard } from '../guard.js';
import { authorityOf } from '../request.js';
import { ANY, parseAllowed, parseAuthority } from '../../net/authority.js';

/** Characters of a Host, or an Origin, that an answer and the log repeat. */
export const SHOWN_CHARACTERS = 100;

/**
 * Lets pass only requests for one of these hosts, whatever the port unless an entry names one; 403 otherwise. It is
 * what stops DNS rebinding: a page whose name has been pointed at this machine still sends its own name as `Host`.
 */
export function allowedHosts(hosts: readonly string[]): Guard {
  if (hosts.includes(ANY)) return () => true;
  const anyPort = new Set<string>();
  const withPort = new Set<string>();
  for (const { name, port } of hosts.map(parseAllowed)) {
    if (port === undefined) anyPort.add(name);
    else withPort.add(`${name}:${port}`);
  }
  /** What passed last: nearly all requests name the same. */
  let known: string | undefined;
  return function allowedHosts(req) {
    const authority = authorityOf(req) ?? '';
    if (authority === known) return true;
    const host = parseAuthority(authority);
    if (host !== undefined && (anyPort.has(host.name) || withPort.has(`${host.name}:${host.port ?? '80'}`))) {
      known = authority;
      return true;
    }
    const came = quote(authority, SHOWN_CHARACTERS);
    const mend =
      host === undefined
        ? 'send the name of the server as Host'
        : `start with --allowed-hosts ${host.name} if clients use that name; else have the proxy send the one that they use (nginx: proxy_set_header Host $host;)`;
    (req.logFields ??= {}).host = came;
    req.logFields.hint = mend;
    throw new HttpError(403, `Forbidden: this Host is not allowed: ${came || 'there is none'}. To mend it, ${mend}`, {
      reason: 'host',
    });
  };
}
