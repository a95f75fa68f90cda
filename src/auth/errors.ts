/** The authorization server, or its key set, did not answer: says nothing about the token, so it is 503 and never 401. */
export class AuthorizationServerUnavailableError extends Error {
  readonly code = 'AUTHORIZATION_SERVER_UNAVAILABLE';
  constructor(cause?: unknown) {
    super('Authorization server unavailable', { cause });
    this.name = 'AuthorizationServerUnavailableError';
  }
}

/** Settings that can't work together; the message says what to change. */
export class AuthConfigurationError extends Error {
  readonly code = 'AUTH_CONFIGURATION';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthConfigurationError';
  }
}
