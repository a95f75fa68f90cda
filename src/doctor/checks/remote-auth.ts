import { quote } from '../../text/harmless.js';
import { defineRemoteCheck, failure, info, ok, warning } from '../check.js';
import type { Finding } from '../check.js';
import { authorizationServerFindings } from '../authorization-server.js';
import { endSession, postInitialize } from '../initialize.js';
import { getObject } from '../read-answer.js';
import type { GetOptions } from '../read-answer.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const MAX_SERVERS = 5;

/** Authorization of the specification: RFC 9728 metadata, which names RFC 8414 servers. */
export const remoteAuth = defineRemoteCheck({
  id: 'remote-auth',
  title: 'Authorization',
  after: 'remote-handshake',
  timeoutMs: 15_000,
  async run(url, { fetch, headers }, signal) {
    const others = Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
    );
    const options = { fetch, headers: others, signal };
    const answer = await postInitialize(url, options);
    await answer.body?.cancel();
    await endSession(url, answer, options);
    const challenged = answer.status === 401;
    const named = /resource_metadata\s*=\s*(?:"([^"]*)"|([^\s,]+))/i.exec(answer.headers.get('www-authenticate') ?? '');
    const places = placesOf(url, named?.[1] ?? named?.[2]);
    const findings: Finding[] =
      challenged && !answer.headers.has('www-authenticate')
        ? [
            failure(
              'the 401 carries no WWW-Authenticate header',
              'Send: WWW-Authenticate: Bearer resource_metadata="…" (RFC 9110 §11.6.1, RFC 9728 §5.1)',
            ),
          ]
        : [];
    for (const place of places) {
      const metadata = await getObject(place, options);
      if (metadata !== undefined) return [...findings, ...(await judge(metadata, place, url, challenged, options))];
    }
    if (!challenged)
      return [...findings, info('open to all: it asks for no token and publishes no protected-resource metadata')];
    return [
      ...findings,
      failure(
        `it wants a token, but tells nobody where to get one: no metadata at ${places.map((place) => place.href).join(' or ')}`,
        'Serve the document of RFC 9728 there: { "resource": …, "authorization_servers": [ … ] }',
      ),
    ];
  },
});

/** Where the metadata may be, in the order of the specification: the challenge, the path of the endpoint, the root. */
function placesOf(url: URL, named: string | undefined): URL[] {
  if (named !== undefined) return URL.canParse(named) ? [new URL(named)] : [];
  const path = url.pathname === '/' ? [] : [new URL(`${WELL_KNOWN}${url.pathname}`, url)];
  return [...path, new URL(WELL_KNOWN, url)];
}

async function judge(
  metadata: Readonly<Record<string, unknown>>,
  place: URL,
  url: URL,
  challenged: boolean,
  options: GetOptions,
): Promise<Finding[]> {
  const servers = Array.isArray(metadata.authorization_servers) ? metadata.authorization_servers.map(String) : [];
  const findings = [resourceFinding(metadata.resource, url, place)];
  if (!challenged)
    findings.push(
      warning(
        'it publishes metadata, but answers without a token',
        'Was the guard left out? mcp-calc http --auth jwt …',
      ),
    );
  if (servers.length === 0)
    findings.push(
      failure('the metadata names no authorization server', 'MCP demands at least one in "authorization_servers".'),
    );
  const judged = await Promise.all(
    servers.slice(0, MAX_SERVERS).map((issuer) => authorizationServerFindings(issuer, options)),
  );
  return [...findings, ...judged.flat()];
}

/** RFC 9728 §3.3: the resource must be the address that the client uses. The MCP SDKs take a parent of it as well. */
function resourceFinding(resource: unknown, url: URL, place: URL): Finding {
  if (typeof resource !== 'string' || !URL.canParse(resource))
    return failure(`${place.href} names no "resource"`, `It must be: "resource": "${addressOf(url)}"`);
  const named = new URL(resource);
  if (addressOf(named) === addressOf(url)) return ok('the metadata is for this very address');
  const shown = quote(resource);
  const isParent =
    named.origin === url.origin && `${url.pathname}/`.startsWith(`${named.pathname.replace(/\/+$/, '')}/`);
  if (isParent)
    return warning(
      `the metadata is for ${shown}, a parent of ${url.href}: strict clients refuse it`,
      'Publish metadata for the endpoint itself (RFC 9728 §3.3).',
    );
  return failure(
    `the metadata is for ${shown}, not for ${url.href}: clients refuse it`,
    'Tell the server its public address: mcp-calc http --base-uri <url>',
  );
}

/** The address without what does not count: the query, the fragment, a slash at the end. */
function addressOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
