/** As large as the answer of `calculate`, with what was asked in it. */
export function answerTo({ id, params }) {
  const { a, b, op } = params.arguments;
  const text = `DIVIDE: ${a} ÷ ${b} = 20\n\nSteps:\nInput: ${a} ${op} ${b}\nDivision: ${a} ÷ ${b} = 20\nFinal result (4 decimal places): 20`;
  const structuredContent = {
    value: 20,
    operation: op,
    expression: `${a} ÷ ${b}`,
    timestamp: new Date().toISOString(),
  };
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], structuredContent } };
}
