import { SESSION_ID_LENGTH } from './limits.js';

/** Visible ASCII (Streamable HTTP, "Session Management") without the braces, which delimit a Redis hash tag. */
const SESSION_ID = /^[\x21-\x7a|~]+$/;

/** Whether a string can name a session at all. */
export function isSessionId(id: string): boolean {
  return id.length <= SESSION_ID_LENGTH && SESSION_ID.test(id);
}
