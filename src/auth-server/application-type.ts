import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidClientMetadataError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import express from 'express';
import type { RequestHandler } from 'express';
import { leadsToApplication } from './redirect-uri.js';

/** What kind of program a client is (OpenID Connect Dynamic Client Registration, 2; SEP-837). */
export type ApplicationType = 'native' | 'web';

/** The body of the registration that is being served: the SDK's handler hands on only what its schema knows. */
const registration = new AsyncLocalStorage<unknown>();
const parseJson = express.json();

/** Goes before the SDK's registration handler. */
export const keepRegistration: RequestHandler = (req, res, next) => {
  parseJson(req, res, (error?: unknown) => {
    if (error !== undefined) return next(error);
    registration.run(req.body, next);
  });
};

/** The `application_type` of the registration that is being served, where it names one. */
export function registeredType(redirectUris: readonly string[]): ApplicationType | undefined {
  return applicationTypeOf(registration.getStore(), redirectUris);
}

/**
 * The `application_type` that metadata names. A `native` client returns to this machine, by the loopback or by its own scheme, or to
 * an https address that it claims (RFC 8252, 7); a `web` client to https, and for development to the loopback. Throws
 * `InvalidClientMetadataError` for another word, and for a `web` client with an application's scheme.
 */
export function applicationTypeOf(metadata: unknown, redirectUris: readonly string[]): ApplicationType | undefined {
  const { application_type: type } = (metadata ?? {}) as { application_type?: unknown };
  if (type === undefined) return undefined;
  if (type !== 'native' && type !== 'web')
    throw new InvalidClientMetadataError('application_type must be "native" or "web"');
  if (type === 'web' && redirectUris.some((uri) => leadsToApplication(new URL(uri))))
    throw new InvalidClientMetadataError(
      'A client of the application_type "web" returns to https, or to http on localhost: the scheme of an application is for "native"',
    );
  return type;
}
