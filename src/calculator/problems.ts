import { functionNames } from './expression/functions.js';
import { constantNames } from './expression/names.js';
import { readArea, type Shape } from './problems/area.js';
import { spellOutNumbers } from './problems/number-words.js';
import { writeAsExpression } from './problems/phrases.js';
import { readStory } from './problems/stories.js';

export { areaExpression, shapes, type Shape } from './problems/area.js';

/** Characters that a problem may have; a longer one is not read. */
export const PROBLEM_LENGTH = 1_000;

export type Problem =
  | { readonly kind: 'expression'; readonly expression: string }
  /** `sizes` in the order of {@link shapes}; absent where the question gives none. */
  | { readonly kind: 'area'; readonly shape: Shape; readonly sizes?: readonly string[] };

/** Words in front of the question itself, as often as they come. */
const FRAMING =
  /^(?:hey|hi|hello|please|(?:can|could|would) you|tell me|i (?:want|need|would like) to know|what(?: is|'s|’s|s| are| does| do you get if you| do i get if i)|how much(?: is| are| does)?|calculate|compute|evaluate|work out|find(?: out)?|solve(?: for)?|give me|determine|(?:the )?(?:result|value|answer) (?:of|to))\b[\s,:.!]*/;
/** Words behind the question, and what they are set off with. */
const CLOSING = /(?:\bplease|\bfor me|\bequals?|\bequal to|\bmake|\bcome to|[=\s?.,;:])$/;

/** A sign or a function: without one, a number is no question. */
const SIGN = /[-+*/^%]|\b[a-z]\w* *\(/;
/** What an expression is made of; matched one by one, since a repeated group of repeats would backtrack without end. */
const TOKEN = new RegExp(
  [
    String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)|[-+*/^%(),\s]`,
    String.raw`\b(?:${functionNames.join('|')})(?=\s*\()`,
    String.raw`\b(?:${constantNames.filter((name) => /^\w+$/.test(name)).join('|')})\b(?!\s*\()`,
  ].join('|'),
  'g',
);
const THOUSANDS = /(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])/g;
/** A call of several operands: its commas separate them, not thousands. */
const CALL_WITH_COMMA = /[a-z]\w* *\([^)]*,/;

/** A percent sign that is no modulo: nothing that it could divide by follows. */
const PERCENT = /\d%(?! *[\d(a-z])/;

/**
 * Finds the arithmetic in a question: a plain expression, an operation in words ("20% of 150", "the sum of 3 and 4"),
 * the area of a shape, or a short story that gains, loses, multiplies or shares. Undefined where it finds none that
 * accounts for every word and number, so that a half-understood question is never answered.
 */
export function readProblem(text: string): Problem | undefined {
  if (text.length > PROBLEM_LENGTH) return undefined;
  const plain = withPlainSigns(withoutFraming(text.toLowerCase().replace(/\s+/g, ' ').trim()));
  if (isExpression(plain) && !PERCENT.test(plain)) return { kind: 'expression', expression: plain };

  const question = spellOutNumbers(plain).replace(/\ba (?=\d)/g, '');
  const area = readArea(question);
  if (area !== undefined) return { kind: 'area', ...area };

  const expression = writeAsExpression(question);
  if (isExpression(expression)) return { kind: 'expression', expression };
  const story = readStory(question);
  return story === undefined ? undefined : { kind: 'expression', expression: story };
}

function isExpression(text: string): boolean {
  return SIGN.test(text) && text.replace(TOKEN, '') === '';
}

function withoutFraming(text: string): string {
  let rest = text;
  // Each turn takes at least a character off, and a problem has few.
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(FRAMING, '').replace(CLOSING, '');
  }
  return rest;
}

/** Typographic signs, thousands separators, currency signs and "percent" in their plain form. */
function withPlainSigns(text: string): string {
  const whole = CALL_WITH_COMMA.test(text) ? text : text.replace(THOUSANDS, (digits) => digits.replaceAll(',', ''));
  return whole
    .replace(/[×·⋅]/g, '*')
    .replace(/÷/g, '/')
    .replace(/[−–]/g, '-')
    .replace(/√ *(\d+(?:\.\d+)?)/g, 'sqrt($1)')
    .replace(/√ *(?=\()/g, 'sqrt')
    .replace(/π/g, 'pi')
    .replace(/²/g, '^2')
    .replace(/³/g, '^3')
    .replace(/[$€£](?=\d)/g, '')
    .replace(/(\d) ?(?:percent|per cent|%)(?!age)/g, '$1%');
}
