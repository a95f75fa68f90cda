// Providers for trying out and for tests: any number of them in one process, each under a name of its own in the path.
//   POST /{name}/v1/chat/completions   as the OpenAI API has it
//   POST /{name}/behaviour             {"latencyMs": 500, "status": 503, "answer": "Paris"}: from now on; what is left out is as at first
//   GET  /{name}/seen                  {"requests": 2, "aborted": 1}
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const MAX_PROVIDERS = 100;
const FIRST = { latencyMs: 50, status: 200, answer: undefined };

const behaviours = new Map();
const seen = new Map();

const server = createServer(async (req, res) => {
  const [, name, ...path] = req.url.split('/');
  if (!seen.has(name) && seen.size < MAX_PROVIDERS) seen.set(name, { requests: 0, aborted: 0 });
  const body = await bodyOf(req);
  if (path[0] === 'seen') return send(res, 200, seen.get(name));
  if (path[0] === 'behaviour') {
    behaviours.set(name, { ...FIRST, ...body });
    return send(res, 200, behaviours.get(name));
  }
  await complete(name, body, req, res);
});

async function complete(name, { model, messages }, req, res) {
  const { latencyMs, status, answer } = behaviours.get(name) ?? FIRST;
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  seen.get(name).requests += 1;
  try {
    await delay(latencyMs, undefined, { signal: gone.signal });
  } catch {
    seen.get(name).aborted += 1;
    return;
  }
  // As some do: the error repeats the key.
  if (status !== 200) return send(res, status, { error: { message: `Refused: ${req.headers.authorization}` } });
  const prompt = messages.at(-1).content;
  const content = answer ?? `${model} says: ${prompt}`;
  const usage = { prompt_tokens: Math.ceil(prompt.length / 4), completion_tokens: Math.ceil(content.length / 4) };
  send(res, 200, {
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content } }],
    usage,
  });
}

async function bodyOf(req) {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

function send(res, status, value) {
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

server.listen(Number(process.env.PORT ?? 4010), '127.0.0.1', () =>
  console.log(`The fake provider listens on http://127.0.0.1:${server.address().port}`),
);
