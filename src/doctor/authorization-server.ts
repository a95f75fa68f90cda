import { quote } from '../text/harmless.js';
import { failure, ok, warning } from './check.js';
import type { Finding } from './check.js';
import { isLoopback } from '../net/loopback.js';
import { getObject } from './read-answer.js';
import type { GetOptions } from './read-answer.js';

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint'];

/** Whether clients can use an authorization server, by its metadata. */
export async function authorizationServerFindings(issuer: string, options: GetOptions): Promise<Finding[]> {
  const shown = quote(issuer);
  if (!URL.canParse(issuer))
    return [
      failure(
        `the authorization server "${shown}" is not an address`,
        'It must be the issuer, such as https://auth.example.com',
      ),
    ];
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname))
    return [failure(`the authorization server ${shown} is not at https://`, 'Clients refuse to sign in there.')];
  for (const place of placesOf(url)) {
    const metadata = await getObject(place, options);
    if (metadata !== undefined) return judge(metadata, issuer);
  }
  return [
    failure(
      `the authorization server ${shown} publishes no metadata`,
      `Serve it at ${placesOf(url)[0]?.href ?? ''} (RFC 8414)`,
    ),
  ];
}

/** RFC 8414 §3.1 and OpenID Connect Discovery §4, in the order that MCP's specification gives. */
function placesOf({ origin, pathname }: URL): URL[] {
  const path = pathname.replace(/\/+$/, '');
  const paths = [`/.well-known/oauth-authorization-server${path}`, `/.well-known/openid-configuration${path}`];
  if (path !== '') paths.push(`${path}/.well-known/openid-configuration`);
  return paths.map((each) => new URL(each, origin));
}

function judge(metadata: Readonly<Record<string, unknown>>, issuer: string): Finding[] {
  const shown = quote(issuer);
  const findings: Finding[] = [];
  if (String(metadata.issuer).replace(/\/+$/, '') !== issuer.replace(/\/+$/, '')) {
    findings.push(
      failure(
        `the metadata of ${shown} calls its issuer ${quote(String(metadata.issuer))}`,
        'Both must be the same (RFC 8414 §3.3).',
      ),
    );
  }
  const missing = ENDPOINTS.filter((name) => typeof metadata[name] !== 'string');
  if (missing.length > 0)
    findings.push(
      failure(`the metadata of ${shown} lacks ${missing.join(' and ')}`, "Clients can't sign in without them."),
    );
  const methods = metadata.code_challenge_methods_supported;
  if (!Array.isArray(methods) || !methods.includes('S256')) {
    findings.push(
      failure(
        `${shown} does not say that it knows PKCE with S256: MCP clients must refuse it`,
        'Publish: "code_challenge_methods_supported": ["S256"]',
      ),
    );
  }
  if (metadata.registration_endpoint === undefined && metadata.client_id_metadata_document_supported !== true) {
    findings.push(
      warning(`${shown} registers no clients by itself`, 'Each client needs an id that was given to it beforehand.'),
    );
  }
  return findings.length > 0
    ? findings
    : [ok(`the authorization server ${shown} is reachable, and has what clients need`)];
}
