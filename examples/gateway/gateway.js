// One tool over several models: the first that answers, the fastest, or what most of them say.
import { defineCatalog, defineResource, defineTool, ToolError } from 'mcp-calc';
import { z } from 'zod';
import { cacheKey, openCache } from './cache.js';
import { readConfig } from './config.js';
import { createProvider, OpenCircuitError } from './provider.js';
import { strategies } from './strategies.js';

const {
  providers: listed,
  cacheTtlMs,
  ...rest
} = readConfig(process.env.GATEWAY_CONFIG ?? new URL('providers.json', import.meta.url), process.env);
const providers = listed.map((each) => createProvider(each, rest));
const cache = openCache(process.env.REDIS_URL, cacheTtlMs);
const MAX_TIME_LIMIT_MS = 120_000;

const outcome = z.enum(['answered', 'failed', 'aborted', 'circuit open', 'over budget']);

const queryModels = defineTool({
  name: 'query_models',
  title: 'Query models',
  description: `Asks language models (${providers.map(({ name }) => name).join(', ')}), and gives one answer.`,
  annotations: { readOnlyHint: true, openWorldHint: true },
  inputSchema: z.object({
    prompt: z.string().min(1).max(20_000),
    system: z.string().max(20_000).optional(),
    strategy: z
      .enum(['failover', 'fastest', 'consensus'])
      .default('failover')
      .describe('failover: one after the other; fastest: all, the first answer; consensus: all, what most of them say'),
    providers: z
      .array(z.enum(providers.map(({ name }) => name)))
      .min(1)
      .optional()
      .describe('Only these'),
    order: z.enum(['listed', 'cheapest']).default('listed').describe('Who is asked first'),
    maxCostUsd: z.number().positive().optional().describe('Leaves out whoever may cost more'),
    maxTokens: z.int().min(1).max(8_000).default(500),
    temperature: z.number().min(0).max(2).optional(),
    timeLimitMs: z.int().min(1).max(MAX_TIME_LIMIT_MS).default(60_000).describe('For all of it'),
    fresh: z.boolean().default(false).describe('Asks anew, even where the answer is known'),
  }),
  outputSchema: z.object({
    answer: z.string(),
    provider: z.string(),
    cached: z.boolean(),
    costUsd: z.number(),
    agreement: z.object({ agree: z.int(), asked: z.int() }).optional(),
    attempts: z.array(z.object({ provider: z.string(), outcome, ms: z.int(), detail: z.string().optional() })),
  }),
  async handler({ strategy, order, fresh, timeLimitMs, ...question }, context) {
    // An answer is given again to whoever has asked, and to nobody else.
    const { issuer, subject } = context.caller ?? {};
    const key = cacheKey(issuer, subject, strategy, order, question);
    const known = fresh ? undefined : await cache.get(key);
    if (known) return resultOf({ ...known, cached: true, costUsd: 0, attempts: [] });

    const attempts = [];
    const asked = candidates(question, order, attempts);
    const tooLate = AbortSignal.timeout(timeLimitMs);
    const answer = await strategies[strategy](asked, async (provider, enough) => {
      const signals = [context.signal, tooLate, ...(enough ? [enough] : [])];
      const began = performance.now();
      const attempt = (outcome, detail) => {
        attempts.push({ provider: provider.name, outcome, ms: Math.round(performance.now() - began), detail });
        return context.progress(attempts.length, providers.length, `${provider.name}: ${detail ?? outcome}`);
      };
      try {
        const given = await provider.ask(question, AbortSignal.any(signals));
        await attempt('answered');
        return given;
      } catch (error) {
        // Whoever has called no longer listens.
        context.signal.throwIfAborted();
        if (enough?.aborted) await attempt('aborted');
        else if (tooLate.aborted) await attempt('aborted', `The time limit of ${timeLimitMs} ms is over`);
        else await attempt(error instanceof OpenCircuitError ? 'circuit open' : 'failed', error.message);
      }
    });
    if (!answer) throw new ToolError(`No answer (${strategy}).\n${attempts.map(lineOf).join('\n')}`);

    const { text, provider, costUsd, agreement } = answer;
    await cache.set(key, { answer: text, provider, agreement });
    return resultOf({ answer: text, provider, cached: false, costUsd, agreement, attempts });
  },
});

/** Who is asked, in their order. Those that may cost too much are among the attempts already. */
function candidates(question, order, attempts) {
  const named = providers.filter(({ name }) => question.providers?.includes(name) ?? true);
  const { maxCostUsd = Infinity } = question;
  const affordable = named.filter((provider) => {
    const costUsd = provider.estimate(question);
    if (costUsd <= maxCostUsd) return true;
    const detail = `It may cost $${costUsd.toPrecision(2)}`;
    attempts.push({ provider: provider.name, outcome: 'over budget', ms: 0, detail });
    return false;
  });
  return order === 'listed' ? affordable : affordable.sort((a, b) => a.estimate(question) - b.estimate(question));
}

const lineOf = ({ provider, outcome, detail }) => `${provider}: ${outcome}${detail ? ` (${detail})` : ''}`;

function resultOf(result) {
  return { content: [{ type: 'text', text: result.answer }], structuredContent: result };
}

const status = defineResource({
  uri: 'gateway://providers',
  name: 'providers',
  description: 'The providers: model, price, and whether the circuit breaker lets questions through',
  mimeType: 'application/json',
  read: (uri) => ({
    uri,
    mimeType: 'application/json',
    text: JSON.stringify(
      providers.map(({ name, model, pricePerMillion, circuit }) => ({ name, model, pricePerMillion, circuit })),
    ),
  }),
});

export default defineCatalog({ name: 'model-gateway', version: '1.0.0', tools: [queryModels], resources: [status] });
