import { findFormula, formulas } from '../../calculator/formulas.js';
import { definePrompt } from '../../catalog/define.js';
import { formulaMarkdown } from '../formula-markdown.js';
import { userMessage } from '../prompt-message.js';
import { yesOrNo } from '../yes-or-no.js';

export const explainFormulaPrompt = definePrompt({
  name: 'explain_formula',
  title: 'Explain a formula',
  description: 'Explains a formula; what the library knows of it is given along',
  arguments: [
    {
      name: 'formula',
      description: 'Its name, or the formula itself',
      required: true,
      complete: (typed) => formulas.map(({ id }) => id).filter((id) => id.startsWith(typed.toLowerCase())),
    },
    { name: 'context', description: 'What it is to be used for' },
    { name: 'examples', description: 'Whether to give examples; true if left out', complete: yesOrNo },
  ],
  get({ formula = '', context, examples = 'true' }) {
    const known = findFormula(formula, context);
    return {
      description: `An explanation of ${known?.name ?? formula}`,
      messages: [
        userMessage(
          `# Explain: ${known?.name ?? formula}`,
          `Explain the formula **${formula}** to me: what each letter stands for, why it holds, and when to use it.`,
          context && `I want to use it for: ${context}`,
          known && `The formula library says:\n\n${formulaMarkdown(known, examples === 'true')}`,
          examples === 'true' && 'Add an example of your own, calculated with the tool `evaluate`.',
        ),
      ],
    };
  },
});
