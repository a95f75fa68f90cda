import type { RequestHandler } from 'express';
import type { Grants } from './grants.js';
import { sameSecret } from './secrets.js';

/** What a resource server calls itself by, and its secret; `anyone` answers all who can reach the endpoint. */
export type IntrospectionClient = { readonly id: string; readonly secret: string } | 'anyone';

/**
 * Token introspection (RFC 7662). The caller authenticates with HTTP Basic, or with `client_id` and `client_secret` in the form,
 * which must be parsed already. A token that is not good is `{"active":false}` and nothing more (§2.2).
 */
export function introspectionEndpoint({
  grants,
  issuer,
  client,
}: {
  grants: Grants;
  issuer: string;
  client: IntrospectionClient;
}): RequestHandler {
  return async (req, res) => {
    res.setHeader('Cache-Control', 'no-store');
    const form = (req.body ?? {}) as Record<string, unknown>;
    if (
      client !== 'anyone' &&
      !isClient(client, credentialsOf(req.headers.authorization) ?? [form.client_id, form.client_secret])
    ) {
      res.setHeader('WWW-Authenticate', 'Basic realm="introspection"');
      res.status(401).json({
        error: 'invalid_client',
        error_description: 'Introspection needs the credentials of a resource server',
      });
      return;
    }
    if (typeof form.token !== 'string') {
      res.status(400).json({ error: 'invalid_request', error_description: 'The parameter "token" is missing' });
      return;
    }
    const found = await grants.find(form.token);
    if (!found) {
      res.json({ active: false });
      return;
    }
    res.json({
      active: true,
      iss: issuer,
      sub: found.grant.subject,
      username: found.grant.userName,
      aud: found.grant.resource,
      client_id: found.grant.clientId,
      scope: found.scopes.join(' '),
      // RFC 7009 names the kinds; only the access token is a bearer token, and resource servers refuse the rest by it.
      token_type: found.kind === 'access' ? 'Bearer' : 'refresh_token',
      iat: found.issuedAt,
      exp: found.expiresAt,
    });
  };
}

function isClient(client: { id: string; secret: string }, [id, secret]: unknown[]): boolean {
  return (
    typeof id === 'string' &&
    typeof secret === 'string' &&
    sameSecret(id, client.id) &&
    sameSecret(secret, client.secret)
  );
}

/** RFC 6749 §2.3.1: both parts were form-encoded before they were joined. */
function credentialsOf(header: string | undefined): string[] | undefined {
  const encoded = /^basic +([\w+/=-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)].map(
    (part) => new URLSearchParams(`=${part.replaceAll('&', '%26')}`).get('') ?? '',
  );
}
