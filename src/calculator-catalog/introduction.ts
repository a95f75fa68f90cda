/** What a model is told of the server when it connects (`InitializeResult.instructions`). */
const fullInstructions = [
  'A calculator, exact to 15 significant digits: use it for every calculation instead of reckoning yourself. A number with more digits goes in a string, and is calculated with exactly.',
  'calculate does one operation on two numbers, batch_calculate up to a hundred of them, advanced_calculate factorials, powers, roots, logarithms, angles (in radians) and combinatorics, evaluate a whole expression such as 2 * (3 + 4).',
  'solve_math_problem takes a problem in words; explain_formula explains a formula of formulas://library; calculator_assistant takes any other question.',
  'Within a session, calculator://history keeps the calculations (subscribe to it to hear of new ones) and history_summary sums them up. A stateless server keeps none.',
  'Results with isError say in words what is wrong with the input: correct it and call again.',
].join('\n');

const minimalInstructions = [
  'A calculator, exact to 15 significant digits, in its minimal build: use it for every calculation instead of reckoning yourself.',
  'calculate does one operation on two numbers; demo_progress shows progress notifications.',
  'calculator://constants and formulas://library are there to look things up.',
  'Results with isError say in words what is wrong with the input: correct it and call again.',
].join('\n');

/** How the calculator, or its minimal build, is called, and what a model is told of it. */
export const introductions = {
  full: { title: 'Calculator', instructions: fullInstructions },
  minimal: { title: 'Calculator (minimal build)', instructions: minimalInstructions },
};
