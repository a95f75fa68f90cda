import type { OAuthClientInformationFull } from '@modelcontextprotocol/sdk/shared/auth.js';
import express from 'express';
import type { Request, Response, Router } from 'express';
import type { Logger } from '../../log.js';
import type { Clients } from '../clients.js';
import type { Grants } from '../grants.js';
import type { Lifetimes } from '../limits.js';
import type { AuthorizationRequest } from '../provider.js';
import { describeScope } from '../scopes.js';
import type { Scopes } from '../scopes.js';
import { hashOf, randomSecret } from '../secrets.js';
import type { ValueStore } from '../../sessions/contract.js';
import { browserOf, rememberBrowser, securePage } from './browser.js';
import LOGIN_SCRIPT from './page.client.js?raw';
import LOGIN_STYLE from './page.css?raw';
import type { LoginPage } from './page.js';
import { LOGIN_ICON, failurePage, loginPage } from './page.js';
import { USER_NAME_LENGTH, userOf } from './user.js';
import type { User } from './user.js';

/** Bytes of the login form. */
const FORM_LIMIT = 8_192;

/** What the page loads, beside its path. */
const FILES = [
  ['login.css', 'css', LOGIN_STYLE],
  ['login.js', 'js', LOGIN_SCRIPT],
  ['icon.svg', 'svg', LOGIN_ICON],
] as const;

export interface LoginOptions {
  /** The server's own address. */
  readonly issuer: string;
  readonly store: ValueStore;
  readonly clients: Clients;
  readonly grants: Grants;
  readonly scopes: Scopes;
  readonly lifetimes: Lifetimes;
  readonly logger: Logger;
}

/** A request that waits for a person, bound to the browser that brought it. */
type Flow = AuthorizationRequest & { readonly browserHash: string };
type UpstreamAnswer = User & { readonly flowKey: string };

/**
 * The fake upstream: an identity provider that believes any name. `authorize` shows the login and takes the decision, `redirect`
 * is where a real upstream would send the person back to, and turns its answer into a code for the client. Both are found again
 * by the state alone, on any node.
 */
export function loginRoutes({ issuer, store, clients, grants, scopes, lifetimes, logger }: LoginOptions): {
  router: Router;
  begin(request: AuthorizationRequest, res: Response): Promise<void>;
} {
  const router = express.Router();
  for (const [file, type, text] of FILES) {
    router.get(`/${file}`, (_req, res) => void res.type(type).set('X-Content-Type-Options', 'nosniff').send(text));
  }

  router.get('/authorize', async (req, res) => {
    const found = await flowOf(req.query.state, req);
    if (!found) return expired(res);
    await show(res, 200, found.state, found.flow);
  });

  router.post('/authorize', express.urlencoded({ extended: false, limit: FORM_LIMIT }), async (req, res) => {
    const form = (req.body ?? {}) as Record<string, unknown>;
    const found = await flowOf(form.state, req);
    if (!found) return expired(res);
    if (form.decision === 'deny') {
      const flow = await store.take(found.key);
      if (!flow) return expired(res);
      return sendBack(res, found.flow, issuer, { error: 'access_denied', error_description: 'The person said no' });
    }
    // A typed name wins over a picked one: without script, typing does not pick.
    const typed = typeof form.name === 'string' ? form.name.trim() : '';
    const picked = typeof form.user === 'string' ? form.user : '';
    const user = userOf(typed === '' ? picked : typed);
    if (!user) {
      const text =
        typed === ''
          ? 'Pick someone, or type a name.'
          : `A name begins with a letter or digit and has at most ${USER_NAME_LENGTH} characters.`;
      return show(res, 400, found.state, found.flow, { typed: typed.slice(0, USER_NAME_LENGTH), text });
    }
    const code = randomSecret();
    await store.put(
      `upstream/${hashOf(code)}`,
      { ...user, flowKey: found.key } satisfies UpstreamAnswer,
      lifetimes.code,
    );
    const back = new URLSearchParams({ code, state: found.state });
    res.redirect(303, `/fakeupstreamauth/redirect?${back.toString()}`);
  });

  router.get('/redirect', async (req, res) => {
    const found = await flowOf(req.query.state, req);
    const answer =
      typeof req.query.code === 'string'
        ? ((await store.take(`upstream/${hashOf(req.query.code)}`)) as UpstreamAnswer | undefined)
        : undefined;
    if (!found || answer?.flowKey !== found.key || !(await store.take(found.key))) return expired(res);
    const { clientId, scopes: granted, resource, codeChallenge, redirectUri } = found.flow;
    const code = await grants.open(
      { clientId, subject: answer.subject, userName: answer.name, scopes: granted, resource },
      { codeChallenge, redirectUri },
    );
    logger.info({ client: clientId, scopes: granted, resource }, 'a person has allowed a client');
    sendBack(res, found.flow, issuer, { code });
  });

  async function flowOf(state: unknown, req: Request): Promise<{ state: string; key: string; flow: Flow } | undefined> {
    const browser = browserOf(req);
    if (typeof state !== 'string' || browser === undefined) return undefined;
    const key = `flow/${hashOf(state)}`;
    const [flow] = (await store.read(key)) as [Flow | undefined];
    return flow && flow.browserHash === hashOf(browser) ? { state, key, flow } : undefined;
  }

  async function show(
    res: Response,
    status: number,
    state: string,
    flow: Flow,
    problem?: LoginPage['problem'],
  ): Promise<void> {
    const client: OAuthClientInformationFull | undefined = await clients.getClient(flow.clientId);
    if (!client) return expired(res);
    const nonce = securePage(res, flow.redirectUri);
    const asked = flow.scopes.map((scope) => describeScope(scopes, scope));
    const page = loginPage({
      nonce,
      state,
      clientName: client.client_name,
      clientId: flow.clientId,
      redirectUri: flow.redirectUri,
      resource: flow.resource,
      scopes: asked,
      problem,
    });
    res.status(status).type('html').send(page);
  }

  return {
    router,
    async begin(request, res) {
      const browser = rememberBrowser(res.req, res, { secure: issuer.startsWith('https:'), maxAge: lifetimes.flow });
      const state = randomSecret();
      await store.put(
        `flow/${hashOf(state)}`,
        { ...request, browserHash: hashOf(browser) } satisfies Flow,
        lifetimes.flow,
      );
      res.redirect(302, `/fakeupstreamauth/authorize?${new URLSearchParams({ state }).toString()}`);
    },
  };
}

function expired(res: Response): void {
  const nonce = securePage(res);
  res.status(400).type('html').send(failurePage(nonce));
}

/** The authorization response (RFC 6749 §4.1.2, RFC 9207), to nowhere but the address that was checked when the flow began. */
function sendBack(res: Response, flow: Flow, iss: string, answer: Record<string, string>): void {
  const back = new URL(flow.redirectUri);
  for (const [name, value] of Object.entries({ ...answer, iss })) back.searchParams.set(name, value);
  if (flow.state !== undefined) back.searchParams.set('state', flow.state);
  res.setHeader('Cache-Control', 'no-store');
  res.redirect(302, back.href);
}
