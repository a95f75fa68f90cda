import { within } from '../../../../net/time-limit.js';
import { oneLine } from '../../../../text/harmless.js';
import type { Complete } from './prompt.js';
import type { Proposal } from './proposals.js';
import { restOf, typedLine } from './words.js';

/** How long the server may take to be asked for proposals, ms, and how many of them are shown. */
export const COMPLETION_MS = 2_000;
const SHOWN = 60;
/** Characters of a proposal. */
const LONGEST = 500;

/** Completes words by what may stand at the cursor; nothing where that can't be known in time. */
export function completer(propose: (words: readonly string[], word: string) => Promise<Proposal[]>): Complete {
  return async (beforeCursor) => {
    const typed = typedLine(beforeCursor);
    if (typed === undefined) return [[], beforeCursor];
    const { words, word, quote } = typed;
    const all = await within(
      propose(words, word).catch(() => []),
      COMPLETION_MS,
      () => [],
    );
    // What could do harm on the terminal is no name that anybody would want to type.
    const fitting = all.filter(
      (one) => one.word.startsWith(word) && one.word.length <= LONGEST && oneLine(one.word) === one.word,
    );
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined)
      return [[`${word}${restOf(only.word, typed)}${only.isWhole ? `${quote} ` : ''}`], word];
    const whole = [...new Set(fitting.map((one) => one.word))];
    const common = whole.reduce(commonStart, whole[0] ?? '');
    const proposed = common.length > word.length ? [common] : whole.slice(0, SHOWN);
    // What is added to too many keeps them from being taken for all that there are.
    const more = whole.length > proposed.length && proposed.length > 1 ? ['…'] : [];
    return [[...proposed.map((one) => `${word}${restOf(one, typed)}`), ...more], word];
  };
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
