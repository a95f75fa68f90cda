/** Clauses that a story may have; a longer one needs more than this reader. */
const CLAUSES = 12;

const START = /\b(?:has|have|had|there (?:are|is|were|was)|starts? with|started with|begins? with|owns?)\b/;
const GAIN =
  /\b(?:buys?|bought|gets?|got|finds?|found|receives?|received|adds?|added|earns?|earned|wins?|won|picks?|picked|collects?|collected|gains?|gained)\b/;
const LOSS =
  /\b(?:loses?|lost|eats?|ate|spends?|spent|sells?|sold|uses?|used|breaks?|broke|drops?|dropped|throws?|threw|removes?|removed|gives? away|gave away|(?:gives?|gave) [^,]*\bto\b)/;

const SHARED = /\b(?:shared?|splits?|divided?|distributed?)\b[^.?]*\b(?:among|between|into|by)\b/;
const EACH = /\b(?:each|every|per|apiece)\b/;
const QUESTION = /\bhow (?:many|much)\b([^?]*)/;

/** Words after "how many" that ask for the thing the story is about, whatever it is. */
const ABOUT_IT = /^(?:are|is|does|do|did|will|would|has|have|remain|remains|left|now|altogether|in|of|can|should)$/;

/**
 * Reads a story of one kind of thing, lower case and numbers in digits, as an expression. It is strict: each clause
 * tells one number and one event, all numbers count the same thing, and the question asks for that thing.
 */
export function readStory(text: string): string | undefined {
  const question = QUESTION.exec(text);
  if (question === null || /\d/.test(question[1] ?? '')) return undefined;
  const told = text.slice(0, question.index);
  const numbers = told.match(/\d+(?:\.\d+)?/g) ?? [];
  const [first, second] = numbers;
  if (first === undefined || second === undefined) return undefined;

  const asked = question[1] ?? '';
  if (numbers.length === 2 && SHARED.test(told) && EACH.test(asked)) return `${first} / ${second}`;
  if (numbers.length === 2 && EACH.test(told) && /\b(?:total|altogether|in all|are there|have|has)\b/.test(asked)) {
    return `${first} * ${second}`;
  }
  return readEvents(told, asked);
}

/** "has 15 apples, buys 4 more and eats 2": a beginning, then gains and losses. */
function readEvents(told: string, asked: string): string | undefined {
  const clauses = told
    .split(/[.,;!]| and | then | but /)
    .map((clause) => clause.trim())
    .filter((clause) => /\d/.test(clause));
  if (clauses.length > CLAUSES) return undefined;

  let expression = '';
  let thing: string | undefined;
  for (const [index, clause] of clauses.entries()) {
    const [number, ...more] = clause.match(/\d+(?:\.\d+)?/g) ?? [];
    const counted = /\d+(?:\.\d+)? (?!more\b|of\b|to\b|away\b|left\b|on\b|in\b|from\b)([a-z]+)/.exec(clause)?.[1];
    if (number === undefined || more.length > 0 || EACH.test(clause)) return undefined;
    if (index === 0) {
      if (!START.test(clause)) return undefined;
      [expression, thing] = [number, counted];
      continue;
    }
    const [gains, loses] = [GAIN.test(clause), LOSS.test(clause)];
    if (gains === loses || (counted !== undefined && !isSame(counted, thing))) return undefined;
    expression += `${gains ? ' + ' : ' - '}${number}`;
  }
  const word = asked.trim().split(' ')[0] ?? '';
  const askedForIt = ABOUT_IT.test(word) || word === '' || isSame(word, thing);
  return clauses.length > 1 && askedForIt ? expression : undefined;
}

function isSame(one: string, other: string | undefined): boolean {
  return other !== undefined && one.replace(/s$/, '') === other.replace(/s$/, '');
}
