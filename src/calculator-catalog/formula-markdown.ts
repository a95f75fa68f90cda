import type { Formula } from '../calculator/formulas.js';

/** A formula of the library as Markdown, with its worked example if wanted. */
export function formulaMarkdown(formula: Formula, withExample: boolean): string {
  const variables = Object.entries(formula.variables).map(([letter, meaning]) => `- ${letter}: ${meaning}`);
  const parts = [
    `**${formula.name}** (${formula.category})`,
    `\`${formula.formula}\``,
    formula.description,
    variables.join('\n'),
  ];
  if (withExample) {
    const { problem, steps } = formula.example;
    parts.push(`Example: ${problem}`, steps.map((step, index) => `${index + 1}. ${step}`).join('\n'));
  }
  return parts.join('\n\n');
}
