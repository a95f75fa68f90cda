import { fileURLToPath } from 'node:url';
import { median } from '../measure/median.js';
import { timeToAnswer, timeToExit } from '../measure/stopwatch.js';
import { calculatorCatalog } from '../subjects/index.js';

const PAIRS = 15;
const SDK = fileURLToPath(new URL('../subjects/programs/sdk-stdio.js', import.meta.url));

/** From the start of `stdio` to its first answer, against `node -e 0`: medians in milliseconds, and of the pairs' ratios. On any core. */
export async function measureColdStart({ binary }) {
  const node = (...args) => [process.execPath, ...args];
  const nothing = [];
  const product = [];
  const sdk = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    nothing.push(await timeToExit(node('-e', '0')));
    product.push(await timeToAnswer(node(binary, 'stdio')));
    sdk.push(await timeToAnswer(node(SDK, calculatorCatalog)));
  }
  const against = (times) => ({ ms: median(times), ratio: median(times.map((ms, pair) => ms / nothing[pair])) });
  return { nothing: { ms: median(nothing), ratio: 1 }, product: against(product), sdk: against(sdk) };
}
