import Fastify from 'fastify';
import { LOGGED_OUT, logIn, loginOf } from './login.js';
import { createMcp, stopAtSignal } from './mcp.js';

const app = Fastify();

app.get('/', () => 'An app of yours');

app.post('/login', (request, reply) => {
  const token = logIn(request.body ?? {});
  return token ? { token } : reply.code(401).send({ error: 'The name or the password is wrong' });
});

/** The app's own guard, of its own routes and of the calculator alike. */
async function requireLogin(request, reply) {
  request.login = loginOf(request.headers.authorization);
  if (!request.login) return reply.code(LOGGED_OUT.status).headers(LOGGED_OUT.headers).send(LOGGED_OUT.body);
}

app.get('/me', { onRequest: requireLogin }, (request) => ({ user: request.login.user.name }));

const logins = new WeakMap();
const mcp = await createMcp((req) => logins.get(req));
app.all('/mcp', { onRequest: requireLogin }, (request, reply) => {
  logins.set(request.raw, request.login);
  reply.hijack();
  return mcp(request.raw, reply.raw, request.body);
});

const url = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
console.log(`Fastify listens on ${url}`);
stopAtSignal(mcp, () => app.close());
