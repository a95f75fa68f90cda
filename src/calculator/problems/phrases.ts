/** A number of the text, or an operand that an earlier phrase has already become. */
const N = String.raw`(-?\d+(?:\.\d+)?|\([^()]*(?:\([^()]*\)[^()]*)*\))`;
/** "3 and 4", "3, 4 and 5". */
const LIST = `(${N}(?:(?:,| and|, and) ${N})+)`;

type Phrase = readonly [pattern: RegExp, write: string | ((whole: string, ...groups: string[]) => string)];

/** Phrases that spell an operation around its operands, the longer before those they contain. */
const phrases: readonly Phrase[] = [
  phrase(`what (?:percent|percentage) of ${N} is ${N}`, '($2 / $1 * 100)'),
  phrase(`${N} (?:is|are) what (?:percent|percentage) of ${N}`, '($1 / $2 * 100)'),
  phrase(`(?:increase|raise) ${N} by ${N}%`, '($1 * (1 + $2 / 100))'),
  phrase(`(?:decrease|reduce|lower) ${N} by ${N}%`, '($1 * (1 - $2 / 100))'),
  phrase(`${N} (?:increased|raised) by ${N}%`, '($1 * (1 + $2 / 100))'),
  phrase(`${N} (?:decreased|reduced|lowered) by ${N}%`, '($1 * (1 - $2 / 100))'),
  phrase(`${N}% (?:off|less than) ${N}`, '($2 * (1 - $1 / 100))'),
  phrase(`${N}% (?:more than) ${N}`, '($2 * (1 + $1 / 100))'),
  phrase(`${N}% (?:tip |tax |interest )?(?:of|on) ${N}`, '($1 / 100 * $2)'),
  [/(\d+(?:\.\d+)?)%(?! *[\d(a-z])/g, '($1 / 100)'],
  phrase(`(?:square )?root of ${N}`, 'sqrt($1)'),
  phrase(`(?:square) of ${N}`, '($1^2)'),
  phrase(`(?:cube) of ${N}`, '($1^3)'),
  phrase(`${N} squared`, '($1^2)'),
  phrase(`${N} cubed`, '($1^3)'),
  phrase(`${N} (?:raised )?to the power(?: of)? ${N}`, '($1^$2)'),
  phrase(`${N} (?:raised )?to the ${N}(?:st|nd|rd|th)(?: power)?`, '($1^$2)'),
  phrase(`factorial of ${N}`, 'factorial($1)'),
  phrase(`${N} factorial`, 'factorial($1)'),
  phrase(`${N}!`, 'factorial($1)'),
  phrase(`(?:half|a half|one half) of ${N}`, '($1 / 2)'),
  phrase(`half ${N}`, '($1 / 2)'),
  phrase(`(?:a|1) third of ${N}`, '($1 / 3)'),
  phrase(`(?:a|1) (?:quarter|fourth) of ${N}`, '($1 / 4)'),
  phrase(`(?:double|twice) (?:of )?${N}`, '(2 * $1)'),
  phrase(`(?:triple|thrice) (?:of )?${N}`, '(3 * $1)'),
  phrase(`(?:sum|total) of ${LIST}`, (_, list) => joined(list, '+')),
  phrase(`product of ${LIST}`, (_, list) => joined(list, '*')),
  phrase(`(?:average|mean) of ${LIST}`, (_, list) => `(${joined(list, '+')} / ${operands(list).length})`),
  phrase(`difference (?:between|of) ${N} and ${N}`, '($1 - $2)'),
  phrase(`quotient of ${N} and ${N}`, '($1 / $2)'),
  phrase(`(?:add|sum) ${LIST}`, (_, list) => joined(list, '+')),
  phrase(`add ${N} to ${N}`, '($2 + $1)'),
  phrase(`(?:subtract|take|deduct) (?:away )?${N} (?:away )?from ${N}`, '($2 - $1)'),
  phrase(`${N} subtracted from ${N}`, '($2 - $1)'),
  phrase(`${N} less than ${N}`, '($2 - $1)'),
  phrase(`${N} more than ${N}`, '($2 + $1)'),
  phrase(`multiply ${N} (?:by|with|and|times) ${N}`, '($1 * $2)'),
  phrase(`divide ${N} (?:by|with) ${N}`, '($1 / $2)'),
  phrase(`divide ${N} into ${N}`, '($2 / $1)'),
];

/** Words that stand for a sign between two operands, or in front of one. */
const signs: readonly Phrase[] = [
  [/\bnegative (?=\d)/g, '-'],
  phrase('(?:plus|added to|increased by)', '+'),
  phrase('(?:minus|less|decreased by|reduced by)', '-'),
  phrase('(?:times|multiplied by|multiplied with)', '*'),
  phrase('(?:divided by|over)', '/'),
  phrase('(?:modulo|mod)', '%'),
  [/(?<=[\d)] *)x(?= *[\d(])/g, '*'],
];

/** Passes over the phrases: "half of the square of 6" needs two, and no honest question needs many. */
const PASSES = 4;

/** Writes the arithmetic phrases of a lower-case text, numbers in digits, as an expression; other words stay. */
export function writeAsExpression(text: string): string {
  let written = text;
  for (let pass = 0; pass < PASSES; pass++) {
    const before = written;
    for (const [pattern, write] of phrases) written = replace(written, pattern, write);
    if (written === before) break;
  }
  for (const [pattern, write] of signs) written = replace(written, pattern, write);
  return withoutOuterParentheses(written.trim());
}

function phrase(pattern: string, write: Phrase[1]): Phrase {
  return [new RegExp(`(?<![\\w.])(?:the )?${pattern}(?!\\w|\\.\\d)`, 'g'), write];
}

function replace(text: string, pattern: RegExp, write: Phrase[1]): string {
  return typeof write === 'string' ? text.replace(pattern, write) : text.replace(pattern, write);
}

function operands(list: string): string[] {
  return list.match(new RegExp(N, 'g')) ?? [];
}

function joined(list: string, sign: string): string {
  return `(${operands(list).join(` ${sign} `)})`;
}

/** `(3 + 4)` as `3 + 4`, where the first parenthesis closes at the very end. */
function withoutOuterParentheses(expression: string): string {
  if (!expression.startsWith('(')) return expression;
  let depth = 0;
  for (const [index, character] of [...expression].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return index === expression.length - 1 ? expression.slice(1, -1) : expression;
  }
  return expression;
}
