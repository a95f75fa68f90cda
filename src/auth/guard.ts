import type { IncomingMessage, ServerResponse } from 'node:http';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { sendJson, sendJsonRpcError } from '../http/errors.js';
import type { Refusal } from '../http/reasons.js';
import { isRepeated } from '../http/request.js';
import type { Logger } from '../log.js';
import { StoreUnavailableError } from '../sessions/errors.js';
import { addressOf, addressesOf } from './addresses.js';
import { challengeHeader } from './challenge.js';
import type { Challenge } from './challenge.js';
import { AuthorizationServerUnavailableError } from './errors.js';
import { UnfitTokenError } from './unfit-token.js';
import { missingScopes } from './ownership.js';
import { metadataUrlFor } from './protected-resource.js';
import type { Verifier } from './verifier.js';
import { RPC } from '../rpc/errors.js';

/** Characters of a bearer token; Node's own bound on all headers is 16 KiB. */
export const TOKEN_LENGTH_LIMIT = 8_192;
/** Seconds after which a client may ask again when the token could not be verified. */
const RETRY_AFTER_S = 1;

/** A request that has passed the guard. */
export type AuthenticatedRequest = IncomingMessage & { auth?: AuthInfo };

export interface BearerGuardOptions {
  readonly verifier: Verifier;
  /** The address under which clients know this server, without a path of its own endpoints. */
  readonly baseUrl: string;
  /** Scopes that every request needs. */
  readonly requiredScopes?: readonly string[];
  readonly logger: Logger;
}

export interface BearerGuard {
  /**
   * Resolves to true and sets `req.auth` for a valid token; else it has answered: 401, 403 or 400 with the error object and
   * `WWW-Authenticate` of RFC 6750, or 503 where the token could not be verified. Rejects only for a bug.
   */
  authenticate(req: AuthenticatedRequest, res: ServerResponse): Promise<boolean>;
  /** Answers 403 `insufficient_scope`, naming what the token has and what it lacks: asking for that, a client keeps what it could do before. */
  insufficientScope(req: AuthenticatedRequest, res: ServerResponse, scopes: readonly string[]): void;
}

/**
 * The resource server's side of RFC 6750, on Node's own request and response. The SDK's `requireBearerAuth` answers
 * through Express, reports an outage as 500, and names an error to who brought no token (RFC 6750 §3.1 says not to).
 */
export function bearerGuard({ verifier, baseUrl, requiredScopes = [], logger }: BearerGuardOptions): BearerGuard {
  const addresses = addressesOf(baseUrl);

  function refuse(
    req: IncomingMessage,
    res: ServerResponse,
    status: number,
    reason: Refusal,
    challenge: Omit<Challenge, 'resourceMetadata'>,
  ): false {
    req.refusal = reason;
    const resourceMetadata = metadataUrlFor(addressOf(addresses, req), pathOf(req));
    const error = challenge.error ?? 'invalid_token';
    const description = challenge.description ?? 'This server needs a bearer token in the Authorization header';
    const headers = {
      'WWW-Authenticate': challengeHeader({ ...challenge, resourceMetadata }),
      'Cache-Control': 'no-store',
    };
    sendJson(res, status, { error, error_description: description }, headers);
    return false;
  }

  function insufficientScope(req: AuthenticatedRequest, res: ServerResponse, scopes: readonly string[]): void {
    const wanted = [...new Set([...(req.auth?.scopes ?? []), ...scopes])];
    refuse(req, res, 403, 'scope_missing', {
      error: 'insufficient_scope',
      description: 'The token lacks a scope that this needs',
      scopes: wanted,
    });
  }

  return {
    insufficientScope,
    async authenticate(req, res) {
      if (hasTokenInQuery(req)) {
        return refuse(req, res, 400, 'token_in_query', {
          error: 'invalid_request',
          description: 'A token in the address is not accepted: send it in the Authorization header',
        });
      }
      const header = req.headers.authorization;
      if (header === undefined || !/^bearer(?: |$)/i.test(header)) {
        return refuse(req, res, 401, 'token_missing', { scopes: requiredScopes });
      }
      // Of two headers Node keeps the first; whoever stands in front may have gone by the second.
      const token = isRepeated(req, 'authorization') ? undefined : /^bearer +([\w\-.~+/]+=*) *$/i.exec(header)?.[1];
      try {
        if (token === undefined || token.length > TOKEN_LENGTH_LIMIT)
          throw new InvalidTokenError('The Authorization header is malformed');
        req.auth = await verifier.verify(token);
      } catch (error) {
        if (error instanceof InvalidTokenError) {
          (req.logFields ??= {}).why = error.message;
          if (error instanceof UnfitTokenError) req.logFields.came = error.came;
          return refuse(req, res, 401, 'token_invalid', {
            error: 'invalid_token',
            description: error.message,
            scopes: requiredScopes,
          });
        }
        return unavailable(res, error);
      }
      if (missingScopes(req.auth, requiredScopes).length === 0) return true;
      insufficientScope(req, res, requiredScopes);
      return false;
    },
  };

  function unavailable(res: ServerResponse, error: unknown): false {
    if (!(error instanceof AuthorizationServerUnavailableError || error instanceof StoreUnavailableError)) throw error;
    logger.warn({ err: error }, 'a token could not be verified');
    res.req.refusal = 'verifier_unavailable';
    sendJsonRpcError(res, {
      status: 503,
      code: RPC.refused,
      message: error.message,
      headers: { 'Retry-After': RETRY_AFTER_S },
    });
    return false;
  }
}

/** RFC 6750 §2.3 allows it, OAuth 2.1 §5 and the MCP specification forbid it: addresses end up in logs. */
function hasTokenInQuery(req: IncomingMessage): boolean {
  const [, query] = (req.url ?? '').split('?', 2);
  return query !== undefined && new URLSearchParams(query).has('access_token');
}

function pathOf(req: IncomingMessage & { originalUrl?: string }): string {
  return (req.originalUrl ?? req.url ?? '/').split('?', 1)[0] ?? '/';
}
