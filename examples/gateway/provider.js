// One provider, asked over the OpenAI-compatible API, behind a circuit breaker.
import { BrokenCircuitError, CircuitState, circuitBreaker, ConsecutiveBreaker, handleType } from 'cockatiel';

const MAX_ANSWER_BYTES = 1_000_000;
/** English has about four characters a token: good enough to choose by. */
const CHARACTERS_PER_TOKEN = 4;

/** What speaks against the provider, and not against the question: it counts for the breaker. Its text never holds a key. */
export class ProviderError extends Error {}
/** The provider's circuit is open: it was not asked. */
export class OpenCircuitError extends Error {}

export function createProvider({ name, url, model, key, pricePerMillion }, { timeoutMs, breaker }) {
  const circuit = circuitBreaker(handleType(ProviderError), {
    halfOpenAfter: breaker.halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(breaker.failures),
  });
  const costOf = (input, output) => (input * pricePerMillion.input + output * pricePerMillion.output) / 1e6;

  return {
    name,
    model,
    pricePerMillion,
    get circuit() {
      return CircuitState[circuit.state].toLowerCase();
    },

    /** Dollars that the question costs at most, by a guess at its tokens. */
    estimate({ system = '', prompt, maxTokens }) {
      return costOf((system.length + prompt.length) / CHARACTERS_PER_TOKEN, maxTokens);
    },

    /** Resolves to the text and its cost. `signal` aborts the request itself, so that nobody pays for what nobody reads. */
    async ask(question, signal) {
      try {
        const { text, usage } = await circuit.execute(() => request(question, signal));
        return { provider: name, text, costUsd: costOf(usage?.prompt_tokens ?? 0, usage?.completion_tokens ?? 0) };
      } catch (error) {
        if (error instanceof BrokenCircuitError)
          throw new OpenCircuitError('It has failed too often: its circuit is open');
        throw error;
      }
    },
  };

  async function request({ system, prompt, maxTokens, temperature }, signal) {
    signal.throwIfAborted();
    const tooLate = AbortSignal.timeout(timeoutMs);
    let response;
    let text;
    try {
      response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
        body: JSON.stringify({
          model,
          messages: [...(system ? [{ role: 'system', content: system }] : []), { role: 'user', content: prompt }],
          max_tokens: maxTokens,
          ...(temperature !== undefined && { temperature }),
        }),
        signal: AbortSignal.any([signal, tooLate]),
        // The key goes to this address and nowhere else.
        redirect: 'error',
      });
      text = await boundedText(response);
    } catch (error) {
      signal.throwIfAborted();
      if (tooLate.aborted) throw new ProviderError(`It did not answer within ${timeoutMs} ms`);
      throw error instanceof ProviderError ? error : new ProviderError('It can not be reached');
    }
    // What an error of a provider says may repeat the key: only its status is told.
    const isItsFault = response.status >= 500 || [401, 403, 404, 408, 429].includes(response.status);
    if (isItsFault) throw new ProviderError(`It answered ${response.status}`);
    if (!response.ok) throw new Error(`It refused the question with ${response.status}`);
    return readAnswer(text);
  }
}

async function boundedText(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new ProviderError(`Its answer has more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readAnswer(text) {
  try {
    const { choices, usage } = JSON.parse(text);
    const { content } = choices[0].message;
    if (typeof content === 'string') return { text: content, usage };
  } catch {
    // Said below.
  }
  throw new ProviderError('Its answer is not one of the OpenAI API');
}
