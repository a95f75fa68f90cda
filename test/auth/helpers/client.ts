import { createHash, randomBytes } from 'node:crypto';
import { Browser } from './browser.js';

export const CALLBACK = 'http://localhost:7777/callback';

/** A client that speaks OAuth by hand, so that it can also misbehave. */
export class RawClient {
  readonly verifier = randomBytes(32).toString('base64url');
  private constructor(
    readonly base: string,
    readonly id: string,
    readonly secret?: string,
  ) {}

  static async register(base: string, metadata: object = {}): Promise<RawClient> {
    const answer = await RawClient.tryRegister(base, metadata);
    if (answer.status !== 201) throw new Error(await answer.text());
    const { client_id: id, client_secret: secret } = (await answer.json()) as {
      client_id: string;
      client_secret?: string;
    };
    return new RawClient(base, id, secret);
  }

  static tryRegister(base: string, metadata: object): Promise<Response> {
    const body = JSON.stringify({
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'none',
      client_name: 'Test Client',
      ...metadata,
    });
    return fetch(`${base}/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }

  static withId(base: string, id: string): RawClient {
    return new RawClient(base, id);
  }

  authorizationUrl(change: Record<string, string | undefined> = {}): string {
    const parameters: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: this.id,
      redirect_uri: CALLBACK,
      state: 'st&te',
      scope: 'mcp',
      resource: `${this.base}/mcp`,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    };
    const url = new URL('/authorize', this.base);
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }

  async code(change?: Record<string, string | undefined>, name?: string): Promise<string> {
    const back = await new Browser().signIn(this.authorizationUrl(change), name);
    const code = back.searchParams.get('code');
    if (code === null) throw new Error(back.href);
    return code;
  }

  async exchange(
    code: string,
    change: Record<string, string | undefined> = {},
    base = this.base,
  ): Promise<TokenAnswer> {
    return this.#post(`${base}/token`, {
      grant_type: 'authorization_code',
      code,
      code_verifier: this.verifier,
      redirect_uri: CALLBACK,
      resource: `${this.base}/mcp`,
      ...change,
    });
  }

  async refresh(
    token: string,
    change: Record<string, string | undefined> = {},
    base = this.base,
  ): Promise<TokenAnswer> {
    return this.#post(`${base}/token`, { grant_type: 'refresh_token', refresh_token: token, ...change });
  }

  async revoke(token: string): Promise<TokenAnswer> {
    return this.#post(`${this.base}/revoke`, { token });
  }

  async tokens(
    change?: Record<string, string | undefined>,
    name?: string,
  ): Promise<{ access: string; refresh: string }> {
    const { body } = await this.exchange(await this.code(change, name), { resource: change?.resource });
    return { access: body.access_token ?? '', refresh: body.refresh_token ?? '' };
  }

  async #post(url: string, fields: Record<string, string | undefined>): Promise<TokenAnswer> {
    const form = new URLSearchParams({ client_id: this.id, ...(this.secret && { client_secret: this.secret }) });
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
    const response = await fetch(url, { method: 'POST', body: form });
    return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer['body'] };
  }
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: {
    access_token?: string;
    refresh_token?: string;
    expires_in?: number;
    scope?: string;
    token_type?: string;
    error?: string;
  };
}

/** Uses the guarded endpoint. */
export function use(base: string, token: string): Promise<Response> {
  return fetch(`${base}/mcp`, { headers: { authorization: `Bearer ${token}` } });
}
