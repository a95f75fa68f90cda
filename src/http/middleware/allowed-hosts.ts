import { HttpError } from '../errors.js';
import type { Guard } from '../guard.js';
import { authorityOf } from '../request.js';
import { ANY, parseAllowed, parseAuthority } from '../../net/authority.js';

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
  return function allowedHosts(req) {
    const host = parseAuthority(authorityOf(req) ?? '');
    if (host !== undefined && (anyPort.has(host.name) || withPort.has(`${host.name}:${host.port ?? '80'}`)))
      return true;
    throw new HttpError(403, 'Forbidden: this Host is not allowed (--allowed-hosts)', { reason: 'host' });
  };
}
