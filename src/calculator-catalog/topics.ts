import { formulaCategories } from '../calculator/formulas.js';

const topics = [
  'addition',
  'subtraction',
  'multiplication',
  'division',
  'fractions',
  'decimals',
  'percentages',
  'powers and roots',
  'area and perimeter',
  ...formulaCategories,
];

/** Topics to practise or to learn that begin with what has been typed; any other topic is welcome as well. */
export function suggestTopics(typed: string): string[] {
  return topics.filter((topic) => topic.startsWith(typed.toLowerCase()));
}
