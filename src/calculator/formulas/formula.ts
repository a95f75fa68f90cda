export const formulaCategories = ['algebra', 'geometry', 'trigonometry', 'statistics', 'finance', 'physics'] as const;

export type FormulaCategory = (typeof formulaCategories)[number];

/** One entry of the formula library. */
export interface Formula {
  /** Lower case with dashes, unique in the library. */
  readonly id: string;
  readonly name: string;
  readonly category: FormulaCategory;
  /** As it is written in a textbook: `A = π r²`. */
  readonly formula: string;
  readonly description: string;
  /** What each letter stands for. */
  readonly variables: Readonly<Record<string, string>>;
  /** Other names under which it is asked for, lower case. */
  readonly aliases: readonly string[];
  readonly example: WorkedExample;
}

export interface WorkedExample {
  readonly problem: string;
  readonly given: Readonly<Record<string, number>>;
  /** The right-hand side as the calculator's expression over `given`: its value is `result`. */
  readonly expression: string;
  /** From the formula to the result, one line each. */
  readonly steps: readonly string[];
  readonly result: number;
}
