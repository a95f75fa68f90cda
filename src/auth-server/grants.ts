import { InvalidGrantError, InvalidScopeError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { Clock } from '../auth/verifier.js';
import type { Lifetimes } from './limits.js';
import { hashOf, randomId, randomSecret } from './secrets.js';
import type { ValueStore } from '../sessions/contract.js';

/** What a person has allowed a client. All codes and tokens that come from it live and die with it. */
export interface Grant {
  readonly clientId: string;
  readonly subject: string;
  readonly userName: string;
  readonly scopes: readonly string[];
  /** The resource (RFC 8707) that every token of the grant is for. */
  readonly resource: string;
}

/** What is kept of an authorization code. */
export interface CodeRecord {
  readonly codeChallenge: string;
  readonly redirectUri: string;
}

interface TokenRecord {
  readonly kind: 'access' | 'refresh';
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export type LiveToken = TokenRecord & { readonly grant: Grant };

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scopes: readonly string[];
}

/** A code or token reads `{grant}.{secret}`: one look-up finds it together with its grant, and a revoked grant voids it at once. */
const SHAPE = /^([\w-]{22})\.([\w-]{43})$/;

export interface Grants {
  open(grant: Grant, code: CodeRecord): Promise<string>;
  /** The code's record while it lives, used or not; reading spends nothing. */
  peekCode(code: string): Promise<{ grant: Grant; code: CodeRecord } | undefined>;
  /** Spends the code. A second use revokes all that the first one got (RFC 6749 §4.1.2), and rejects. */
  redeemCode(code: string): Promise<IssuedTokens>;
  /** Spends the refresh token for new ones; a second use revokes the grant (RFC 9700 §4.14.2), and rejects. */
  refresh(token: string, scopes?: readonly string[]): Promise<IssuedTokens>;
  find(token: string): Promise<LiveToken | undefined>;
  /** Ends the whole grant for a refresh token, and one access token alone (RFC 7009 §2.1). */
  revoke(token: string): Promise<void>;
}

/** Grants, their codes and tokens, over a store. Only hashes of codes and tokens are kept. */
export function grantsIn(store: ValueStore, lifetimes: Lifetimes, now: Clock = Date.now): Grants {
  const grantKey = (id: string): string => `{${id}}/grant`;
  const keyOf = (id: string, what: 'code' | 'token' | 'used', secret: string): string =>
    `{${id}}/${what}/${hashOf(secret)}`;

  async function issue(id: string, grant: Grant, scopes: readonly string[]): Promise<IssuedTokens> {
    // Revoked meanwhile, by the second use of a code on another node: then nothing may come to life again.
    if (!(await store.renew(grantKey(id), lifetimes.refreshToken)))
      throw new InvalidGrantError('The grant has been revoked');
    const issuedAt = Math.floor(now() / 1000);
    const make = async (kind: TokenRecord['kind'], ttlMs: number): Promise<string> => {
      const secret = randomSecret();
      const record = {
        kind,
        scopes: kind === 'access' ? scopes : grant.scopes,
        issuedAt,
        expiresAt: Math.floor((now() + ttlMs) / 1000),
      };
      await store.put(keyOf(id, 'token', secret), record, ttlMs);
      return `${id}.${secret}`;
    };
    const [accessToken, refreshToken] = await Promise.all([
      make('access', lifetimes.accessToken),
      make('refresh', lifetimes.refreshToken),
    ]);
    return { accessToken, refreshToken, expiresIn: Math.floor(lifetimes.accessToken / 1000), scopes };
  }

  async function spend(id: string, secret: string, ttlMs: number): Promise<void> {
    if (await store.claim(keyOf(id, 'used', secret), ttlMs)) return;
    await store.remove(grantKey(id));
    throw new InvalidGrantError('Already used: all tokens that came from it have been revoked');
  }

  async function lookUp(what: 'code' | 'token', text: string) {
    const [, id, secret] = SHAPE.exec(text) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const [record, grant] = await store.read(keyOf(id, what, secret), grantKey(id));
    return record && grant && { id, secret, record, grant: grant as unknown as Grant };
  }

  return {
    async open(grant, code) {
      const id = randomId();
      const secret = randomSecret();
      await store.put(grantKey(id), { ...grant }, lifetimes.code);
      await store.put(keyOf(id, 'code', secret), { ...code }, lifetimes.code);
      return `${id}.${secret}`;
    },
    async peekCode(code) {
      const found = await lookUp('code', code);
      return found && { grant: found.grant, code: found.record as unknown as CodeRecord };
    },
    async redeemCode(code) {
      const found = await lookUp('code', code);
      if (!found) throw new InvalidGrantError('The code is unknown or has expired');
      await spend(found.id, found.secret, lifetimes.accessToken * 2);
      // Kept as long as what it got, or a late second use would look like an unknown code and revoke nothing.
      await store.renew(keyOf(found.id, 'code', found.secret), lifetimes.accessToken);
      return issue(found.id, found.grant, found.grant.scopes);
    },
    async refresh(token, scopes) {
      const found = await lookUp('token', token);
      if (!found || found.record.kind !== 'refresh')
        throw new InvalidGrantError('The refresh token is unknown, expired or revoked');
      const wanted = scopes ?? found.grant.scopes;
      if (!wanted.every((scope) => found.grant.scopes.includes(scope)))
        throw new InvalidScopeError('A refresh can not widen what was granted');
      await spend(found.id, found.secret, lifetimes.refreshToken);
      return issue(found.id, found.grant, wanted);
    },
    async find(token) {
      const found = await lookUp('token', token);
      return found && { ...(found.record as unknown as TokenRecord), grant: found.grant };
    },
    async revoke(token) {
      const found = await lookUp('token', token);
      if (found)
        await store.remove(
          found.record.kind === 'refresh' ? grantKey(found.id) : keyOf(found.id, 'token', found.secret),
        );
    },
  };
}
