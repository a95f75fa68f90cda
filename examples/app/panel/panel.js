// The panel: shows what the model has calculated, and calculates with the same tool, which its host calls for it.
import './no-eval.js';
import { App, applyDocumentTheme, applyHostStyleVariables } from '@modelcontextprotocol/ext-apps';

const OPERATIONS = { '+': 'add', '−': 'subtract', '×': 'multiply', '÷': 'divide' };
const SIGNS = Object.fromEntries(Object.entries(OPERATIONS).map(([sign, op]) => [op, sign]));
/** Characters of one number. */
const DIGITS = 15;

const display = document.querySelector('output');
const app = new App({ name: 'calculator-panel', version: '1.0.0' });

/** What has been typed: the first number, the sign, the second number. */
let typed = ['0', '', ''];
/** Whether the display shows a result, which the next digit replaces. */
let done = false;

const show = (text) => (display.textContent = text);

// What the model has called the tool with, and what came of it.
app.ontoolinput = ({ arguments: given = {} }) => show(`${given.a} ${SIGNS[given.op]} ${given.b}`);
app.ontoolresult = take;
app.onhostcontextchanged = follow;

function follow({ theme, styles } = {}) {
  if (theme) applyDocumentTheme(theme);
  if (styles?.variables) applyHostStyleVariables(styles.variables);
}

function take({ structuredContent, content, isError }) {
  done = true;
  if (isError || structuredContent === undefined) {
    typed = ['0', '', ''];
    show(content.find(({ type }) => type === 'text')?.text ?? 'That did not work');
    return;
  }
  typed = [String(structuredContent.value), '', ''];
  show(typed[0]);
}

async function press(key) {
  if (key === '=') return calculate();
  if (key === 'C') {
    typed = ['0', '', ''];
  } else if (key in OPERATIONS) {
    typed[1] = key;
  } else {
    const place = typed[1] === '' ? 0 : 2;
    const before = place === 0 && done ? '' : typed[place];
    if ((key === '.' && before.includes('.')) || before.length >= DIGITS) return;
    typed[place] = before === '0' && key !== '.' ? key : before + key;
  }
  done = false;
  show(typed.filter(Boolean).join(' '));
}

async function calculate() {
  const [a, sign, b] = typed;
  if (sign === '' || b === '') return;
  try {
    const given = { a: Number(a), b: Number(b), op: OPERATIONS[sign] };
    const result = await app.callServerTool({ name: 'calculator', arguments: given });
    take(result);
    // So that the model knows what the person sees.
    if (app.getHostCapabilities()?.updateModelContext)
      await app.updateModelContext({
        content: [{ type: 'text', text: `The panel shows ${a} ${sign} ${b} = ${typed[0]}` }],
      });
  } catch (error) {
    show(error.message);
  }
}

document.querySelector('#keys').addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) void press(target.textContent);
});

await app.connect();
follow(app.getHostContext());
