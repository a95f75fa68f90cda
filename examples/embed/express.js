import express from 'express';
import { LOGGED_OUT, logIn, loginOf } from './login.js';
import { createMcp, stopAtSignal } from './mcp.js';

const app = express();
app.use(express.json());

app.get('/', (_req, res) => void res.send('An app of yours'));

app.post('/login', (req, res) => {
  const token = logIn(req.body);
  if (!token) return void res.status(401).json({ error: 'The name or the password is wrong' });
  res.json({ token });
});

/** The app's own guard, of its own routes and of the calculator alike. */
function requireLogin(req, res, next) {
  req.login = loginOf(req.get('Authorization'));
  if (req.login) return next();
  res.status(LOGGED_OUT.status).set(LOGGED_OUT.headers).json(LOGGED_OUT.body);
}

app.get('/me', requireLogin, (req, res) => void res.json({ user: req.login.user.name }));

const mcp = await createMcp((req) => req.login);
app.use('/mcp', requireLogin, mcp);

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`Express listens on http://127.0.0.1:${server.address().port}`);
});
stopAtSignal(mcp, () => new Promise((resolve) => server.close(resolve)));
