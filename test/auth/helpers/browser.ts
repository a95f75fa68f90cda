/** A browser without script: keeps cookies, follows redirects by hand, fills in the login form. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Sends one request to the address, which may be another node's, and follows no redirect. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) },
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }

  /** Where an answer redirects to, as an absolute address. */
  static target(response: Response, base: string): string {
    const location = response.headers.get('location');
    if (location === null) throw new Error(`No redirect but ${response.status}`);
    return new URL(location, base).href;
  }

  /** Opens the authorization address; resolves to the state of the login form. */
  async open(authorizationUrl: string): Promise<{ state: string; page: string; formUrl: string }> {
    const begun = await this.send(authorizationUrl);
    const formUrl = Browser.target(begun, authorizationUrl);
    const page = await (await this.send(formUrl)).text();
    const state = /name="state" value="([^"]+)"/.exec(page)?.[1];
    if (state === undefined) throw new Error('The page has no login form');
    return { state, page, formUrl };
  }

  submit(formUrl: string, fields: Record<string, string>): Promise<Response> {
    return this.send(formUrl, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  /** The whole login; resolves to where the client is called back. `nodes` take turns in serving it. */
  async signIn(
    authorizationUrl: string,
    name = 'Ada Lovelace',
    nodes: readonly string[] = [new URL(authorizationUrl).origin],
  ): Promise<URL> {
    let turn = 0;
    const onNextNode = (url: string): string => {
      const { pathname, search } = new URL(url);
      turn += 1;
      return `${nodes[turn % nodes.length]}${pathname}${search}`;
    };
    const { state, formUrl } = await this.open(onNextNode(authorizationUrl));
    const decided = await this.submit(onNextNode(formUrl), { state, name, decision: 'allow' });
    const redirect = Browser.target(decided, formUrl);
    return new URL(Browser.target(await this.send(onNextNode(redirect)), redirect));
  }
}
