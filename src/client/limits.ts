/** How long one request may take when nobody says otherwise, ms. Progress starts the time anew. */
export const REQUEST_TIMEOUT_MS = 60_000;
/** Pages that one list is followed for: a server with a cursor that leads nowhere must not keep the client. */
export const PAGES_PER_LIST = 200;
/** Characters of a server's stderr or stray output that are kept to explain its end. */
export const KEPT_OUTPUT = 4_000;
/** How often one request may lead to authorization before its refusal is final. */
export const AUTHORIZATIONS_PER_REQUEST = 2;
/** How long a person may take to sign in, ms. */
export const SIGN_IN_TIMEOUT_MS = 300_000;
/** Redirects that a sign-in without a browser follows. */
export const SIGN_IN_REDIRECTS = 10;
/** How long closing waits for messages that are on their way, ms. */
export const CLOSING_TIMEOUT_MS = 1_000;
/** Bytes of one message over stdio. */
export const MESSAGE_BYTES = 64_000_000;
