// The login that these apps have had all along: a name and a password for a token. Yours is another one.
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from 'node:crypto';

const LOGIN_SECONDS = 8 * 3600;
const MAX_LOGINS = 1_000;

const users = [newUser('ada', 'lovelace', { role: 'admin' }), newUser('bob', 'builder', { role: 'guest' })];

/** By token. The oldest first, which is dropped when there are too many. */
const logins = new Map();

/** A token for who knows the password; undefined for others. */
export function logIn({ user: name, password } = {}) {
  const user = users.find((each) => each.name === name);
  if (!user || typeof password !== 'string' || !timingSafeEqual(user.hash, hashOf(password, user.salt)))
    return undefined;
  if (logins.size >= MAX_LOGINS) logins.delete(logins.keys().next().value);
  const token = randomUUID();
  logins.set(token, { user, expiresAt: Math.floor(Date.now() / 1000) + LOGIN_SECONDS });
  return token;
}

/** Who sends this `Authorization` header, and until when it holds; undefined for nobody. */
export function loginOf(authorization = '') {
  const login = logins.get(authorization.replace(/^Bearer /i, ''));
  return login && login.expiresAt > Date.now() / 1000 ? login : undefined;
}

/** What somebody gets who is not logged in: a status, headers and a body that says what to do. */
export const LOGGED_OUT = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' },
  body: {
    error: 'unauthorized',
    error_description:
      'Log in first: POST {"user": …, "password": …} to /login, and send the token that it answers as "Authorization: Bearer <token>".',
  },
};

function newUser(name, password, more) {
  const salt = randomBytes(16);
  return { name, salt, hash: hashOf(password, salt), ...more };
}

function hashOf(password, salt) {
  return scryptSync(password, salt, 32);
}
