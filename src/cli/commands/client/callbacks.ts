import type { Callbacks } from '../../../client/callbacks.js';
import type { HttpRequest } from '../../../client/http-request.js';
import { manyLines, oneLine, printableJson } from '../../../text/harmless.js';
import { redactNamed, redactText, redactUrl } from '../../../text/secrets.js';
import type { Output } from '../../output.js';
import type { Interaction } from './ask.js';
import { answerElicitation } from './elicitation.js';
import { answerSampling } from './sampling.js';
import type { ClientFlags } from './verb.js';

const COLOURS = {
  debug: 'dim',
  info: 'cyan',
  notice: 'blue',
  warning: 'yellow',
  error: 'red',
  critical: 'redBright',
  alert: 'redBright',
  emergency: 'redBright',
} as const;

/** What the terminal does for the server: answers its questions, and shows what it tells. */
export function terminalCallbacks(
  flags: ClientFlags,
  output: Output,
  { say, asker }: Pick<Interaction, 'say' | 'asker'>,
  renderRequest: (request: HttpRequest) => string,
): Callbacks {
  const { noteColours: colours } = output;
  const inTurn = oneByOne();
  const time = times();
  return {
    elicit: (question, signal) => inTurn(() => answerElicitation(question, { flags, asker, say, signal, colours })),
    sample: (request, signal) => inTurn(() => answerSampling(request, { flags, asker, say, signal, colours })),
    onLog: ({ level, logger, data }) => {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      say(
        `${colours[COLOURS[level]](level)}${logger === undefined ? '' : ` ${colours.dim(oneLine(logger))}`} ${oneLine(text)}`,
      );
    },
    onNotice: (text) => say(`${colours.yellow('note')} ${text}`),
    onTrace:
      flags.trace &&
      ((direction, message) => {
        const arrow = direction === 'sent' ? colours.green('-->') : colours.magenta('<--');
        say(`${arrow} ${printableJson(message)}${colours.dim(time(direction, message))}`);
      }),
    onRequest:
      flags.curlAlso || flags.trace
        ? (request) => {
            if (flags.trace)
              say(colours.dim(`>>> ${request.method} ${redactUrl(request.url)} ${shown(request.headers)}`));
            if (flags.curlAlso) say(renderRequest(request));
          }
        : undefined,
    onAnswer:
      flags.trace &&
      (({ status, headers, body, method, ms }) =>
        say(
          colours.dim(
            `<<< HTTP ${status} to the ${method} after ${ms} ms ${shown(headers)}${body ? ` ${oneLine(redactText(body))}` : ''}`,
          ),
        )),
    onStreamLine: flags.trace && ((line) => say(colours.dim(`<<< ${oneLine(redactText(line))}`))),
    onStderr: flags.verbose && lineByLine((line) => say(colours.dim(`server: ${manyLines(line)}`))),
  };
}

/** Requests whose time is taken at once. */
const TIMED_REQUESTS = 1_000;

/** Tells of an answer, which is one of the messages it is shown, how long it took. */
function times(): (direction: 'sent' | 'received', message: unknown) => string {
  const sentAt = new Map<unknown, number>();
  return (direction, message) => {
    const { id, method } = message as { id?: unknown; method?: unknown };
    const at = sentAt.get(id);
    if (direction === 'sent' && method !== undefined && id !== undefined && sentAt.size < TIMED_REQUESTS)
      sentAt.set(id, performance.now());
    if (direction === 'sent' || method !== undefined || at === undefined) return '';
    sentAt.delete(id);
    return ` (${Math.round(performance.now() - at)} ms)`;
  };
}

function shown(headers: Readonly<Record<string, string>>): string {
  return printableJson(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactNamed(name, value)])),
  );
}

/** One result of the modern era may hold several questions: a person is asked one after the other. */
function oneByOne(): <T>(answer: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve();
  return (answer) => {
    const turn = before.then(answer);
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** What is collected of a line that never ends. */
const LONGEST_LINE = 10_000;

function lineByLine(each: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) each(line.replace(/\r$/, ''));
  };
}
