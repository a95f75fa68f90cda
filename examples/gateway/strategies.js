// How the answers of several providers become one. `ask(provider, signal)` resolves to an answer, or to undefined where there is none.

/** In an order, until one answers. */
async function failover(providers, ask) {
  for (const provider of providers) {
    const answer = await ask(provider);
    if (answer) return answer;
  }
}

/** All at once; the first answer counts, and the other requests are aborted. */
const fastest = (providers, ask) => askAll(providers, ask, ([first]) => first);

/** All at once, until more than half of those that were asked say the same. */
const consensus = (providers, ask) => askAll(providers, ask, (answers) => majority(answers, providers.length));

export const strategies = { failover, fastest, consensus };

async function askAll(providers, ask, decide) {
  const enough = new AbortController();
  const answers = [];
  let decision;
  const asking = providers.map(async (provider) => {
    const answer = await ask(provider, enough.signal);
    if (!answer || decision) return;
    answers.push(answer);
    decision = decide(answers);
    if (decision) enough.abort();
  });
  await Promise.all(asking);
  return decision;
}

function majority(answers, asked) {
  const [answer] = answers.slice(-1);
  const agreeing = answers.filter(({ text }) => plain(text) === plain(answer.text));
  return agreeing.length > asked / 2 ? { ...agreeing[0], agreement: { agree: agreeing.length, asked } } : undefined;
}

/** Short answers are the same whatever their capitals, blanks and full stops are. Longer ones need a judge: another model, say. */
function plain(text) {
  return text
    .toLowerCase()
    .replaceAll(/[\s.!]+/g, ' ')
    .trim();
}
