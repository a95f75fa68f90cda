import { fileURLToPath } from 'node:url';
import { median } from '../measure/median.js';
import { freePort } from '../measure/process.js';
import { timeToAnswer, timeToExit, timeToHttpAnswer } from '../measure/stopwatch.js';
import { calculationCatalog, calculatorCatalog } from '../subjects/index.js';

const PAIRS = 15;
const PROGRAMS = new URL('../subjects/programs/', import.meta.url);
const SDK = fileURLToPath(new URL('sdk-stdio.js', PROGRAMS));
const FLOOR = fileURLToPath(new URL('floor.js', PROGRAMS));

/** From the start of `stdio` to its first answer, and of `--help` to its end, against `node -e 0`: medians in milliseconds, and of the pairs' ratios. On any core. */
export async function measureColdStart({ binary }) {
  const node = (...args) => [process.execPath, ...args];
  const nothing = [];
  const product = [];
  const sdk = [];
  const help = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    nothing.push(await timeToExit(node('-e', '0')));
    product.push(await timeToAnswer(node(binary, 'stdio')));
    sdk.push(await timeToAnswer(node(SDK, calculatorCatalog)));
    help.push(await timeToExit(node(binary, '--help')));
  }
  const against = (times) => ({ ms: median(times), ratio: median(times.map((ms, pair) => ms / nothing[pair])) });
  return {
    nothing: { ms: median(nothing), ratio: 1 },
    product: against(product),
    sdk: against(sdk),
    help: against(help),
  };
}

/** From the start of `http --stateless` to its first answer, the calculator's and an own tool's, against the floor's. */
export async function measureHttpStart({ binary }) {
  const commands = {
    floor: (port) => [FLOOR, port],
    product: (port) => [binary, 'http', '--stateless', '--port', port],
    own: (port) => [binary, 'http', '--stateless', '--server', calculationCatalog, '--port', port],
  };
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const [name, commandOf] of Object.entries(commands)) {
      const port = await freePort();
      times[name].push(await timeToHttpAnswer([process.execPath, ...commandOf(String(port))], port));
    }
  }
  const against = (all) => ({ ms: median(all), ratio: median(all.map((ms, pair) => ms / times.floor[pair])) });
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, against(all)]));
}
