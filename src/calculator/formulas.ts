import { algebra } from './formulas/algebra.js';
import { finance } from './formulas/finance.js';
import type { Formula } from './formulas/formula.js';
import { geometry } from './formulas/geometry.js';
import { physics } from './formulas/physics.js';
import { statistics } from './formulas/statistics.js';
import { trigonometry } from './formulas/trigonometry.js';

export { formulaCategories } from './formulas/formula.js';
export type { Formula, FormulaCategory, WorkedExample } from './formulas/formula.js';

/** The formula library, category by category. */
export const formulas: readonly Formula[] = [
  ...algebra,
  ...geometry,
  ...trigonometry,
  ...statistics,
  ...finance,
  ...physics,
];

/** Characters of what someone calls a formula; nothing longer is looked for. */
export const ASKED_LENGTH = 200;
/** Characters of what it is for; what follows them is not looked at. */
export const CONTEXT_LENGTH = 500;

/** Words that say nothing about which formula is meant. */
const FILLERS = new Set([
  'a',
  'an',
  'the',
  'of',
  'for',
  'formula',
  'theorem',
  'law',
  'equation',
  'explain',
  'what',
  'is',
  'between',
  'two',
  'to',
  'by',
  'in',
]);

/**
 * Finds what someone calls a formula: its name, id, an alias or the formula itself, else the formula whose names share
 * the most words with it. `context` says what it is for, and decides between formulas that fit equally well.
 */
export function findFormula(asked: string, context = ''): Formula | undefined {
  if (asked.length > ASKED_LENGTH) return undefined;
  const wanted = squeeze(asked);
  const exact = formulas.find((formula) => namesOf(formula).some((name) => squeeze(name) === wanted));
  if (exact !== undefined || wanted === '') return exact;

  const askedWords = wordsOf(asked);
  const contextWords = wordsOf(context.slice(0, CONTEXT_LENGTH));
  const ranked = formulas
    .map((formula) => {
      const names = new Set(wordsOf(namesOf(formula).join(' ')));
      const shared = askedWords.filter((word) => names.has(word)).length;
      return { formula, shared, inContext: contextWords.filter((word) => names.has(word)).length };
    })
    // Half of the words at least: "area of a banana" is no area that the library knows.
    .filter(({ shared }) => shared > 0 && shared * 2 > askedWords.length)
    .sort((one, other) => other.shared - one.shared || other.inContext - one.inContext);
  return ranked[0]?.formula;
}

function namesOf(formula: Formula): string[] {
  return [formula.name, formula.id, formula.formula, ...formula.aliases];
}

/** Letters and digits alone, in lower case. */
function squeeze(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return [...new Set(words.filter((word) => word !== '' && !FILLERS.has(word)))];
}
