import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, listen, sendResult, shakesHands } from './hostile.js';
import type { SmallServer } from './hostile.js';

const SCOPE_OF_CASE = /\/([a-z0-9-]+)(?:\/mcp)?$/;

/** What an authorization server does otherwise than it should. Addresses may have `ORIGIN` in them. */
export interface MixUp {
  /** Over the metadata of the authorization server; what is undefined is left out. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** In place of its own address in the metadata of the resource. */
  readonly authorizationServer?: string;
  /** `iss` of the redirect; its own where it is left out. */
  readonly iss?: string | null;
  /** Metadata without an end. */
  readonly endless?: true;
}

export interface MixUpServer extends SmallServer {
  /** What was asked of the authorization server in this case: the last part of each path, and each body. */
  asked(name: string): { readonly path: string; readonly body: string }[];
}

/** An MCP server at `/<case>/mcp` and its authorization server at `/as/<case>`, which is wrong in one way a case. */
export async function startMixUps(cases: Readonly<Record<string, MixUp>>): Promise<MixUpServer> {
  const asked = new Map<string, { path: string; body: string }[]>();
  const mcp = shakesHands(({ id }, response) => sendResult(response, id, {}));
  const server = await listen((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', server.origin);
    const json = (value: unknown): void =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(value).replaceAll('ORIGIN', server.origin));
    if (pathname.endsWith('/mcp') && !pathname.startsWith('/.well-known')) {
      if (request.headers.authorization === 'Bearer granted') return void mcp(request, response);
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    if (pathname.startsWith('/.well-known/oauth-protected-resource/')) {
      const [, name = ''] = SCOPE_OF_CASE.exec(pathname) ?? [];
      const { authorizationServer = `ORIGIN/as/${name}` } = cases[name] ?? {};
      return json({ resource: `ORIGIN/${name}/mcp`, authorization_servers: [authorizationServer] });
    }
    const [, prefix, name = '', path = 'metadata'] =
      /^(\/\.well-known\/oauth-authorization-server)?\/as\/([a-z0-9-]+)(?:\/(.+))?$/.exec(pathname) ?? [];
    const mixUp = cases[name];
    if (mixUp === undefined) return void response.writeHead(404).end();
    asked.set(name, [...(asked.get(name) ?? []), { path, body: await bodyOf(request) }]);
    const issuer = `ORIGIN/as/${name}`;
    if (prefix !== undefined) {
      if (mixUp.endless) return endless(response);
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/register`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        ...mixUp.metadata,
      });
    }
    if (path === 'register')
      return json({
        client_id: 'made-up',
        redirect_uris: ['http://127.0.0.1/callback'],
        token_endpoint_auth_method: 'none',
      });
    if (path === 'token') return json({ access_token: 'granted', token_type: 'Bearer' });
    const redirect = new URL(searchParams.get('redirect_uri') ?? '');
    redirect.searchParams.set('code', 'c');
    redirect.searchParams.set('state', searchParams.get('state') ?? '');
    const iss = mixUp.iss === undefined ? issuer : mixUp.iss;
    if (iss !== null) redirect.searchParams.set('iss', iss.replace('ORIGIN', server.origin));
    response.writeHead(302, { location: redirect.href }).end();
  }

  return { ...server, asked: (name) => asked.get(name) ?? [] };
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"issuer":"');
  const more = (): void => {
    while (!response.destroyed && response.write('a'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
}
