// Runs the official conformance suite against the set-ups named on the command line, or against all of them:
// `npm run conformance`, `npm run conformance -- stateful`. Exits with 1 when a scenario fails that must pass.
import { REVISIONS, runSuite } from './suite.js';
import { targets } from './targets.js';

/** Set-ups at once: the suite waits most of the time. */
const LANES = 2;

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(targets);
const unknown = names.find((name) => !Object.hasOwn(targets, name));
if (unknown !== undefined) {
  console.error(`There is no set-up "${unknown}": name one of ${Object.keys(targets).join(', ')}`);
  process.exit(1);
}

// An exit that runs the exit handlers: they end what was started.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

let good = true;
const waiting = [...names];
await Promise.all(Array.from({ length: LANES }, lane));
process.exitCode = good ? 0 : 1;

async function lane() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const lines = [];
    const passed = await judge(name, targets[name], (line) => lines.push(line)).catch((error) =>
      lines.push(`${name}: ${error.message}`),
    );
    console.log(lines.join('\n'));
    good = passed === true && good;
  }
}

/** `say` takes the lines of one set-up, which come beside those of another. */
async function judge(name, { title, mayFail, open }, say) {
  say(`\n${name}: ${title}`);
  const server = await open();
  try {
    let isGood = true;
    for (const revision of Object.keys(REVISIONS)) {
      isGood =
        report(`${name}, ${revision}`, revision, await runSuite(server.url, revision), mayFail[revision], say) &&
        isGood;
    }
    return isGood;
  } finally {
    await server.close();
  }
}

function report(title, revision, results, mayFail, say) {
  const scenarios = REVISIONS[revision];
  const failed = results.filter(({ faults }) => faults.length > 0);
  for (const { scenario, faults } of results) {
    const verdict = faults.length === 0 ? 'passed' : mayFail.includes(scenario) ? 'failed, as it may' : 'FAILED';
    say(`  ${verdict.padEnd(18)} ${scenario}`);
    if (verdict === 'FAILED') for (const fault of faults) say(`    ${fault}`);
  }
  const wrong = failed.filter(({ scenario }) => !mayFail.includes(scenario));
  const missing = scenarios - results.length;
  if (missing !== 0) say(`  FAILED: ${results.length} scenarios ran instead of ${scenarios}`);
  say(`${title}: ${results.length - failed.length} of ${scenarios} scenarios passed, ${failed.length} failed`);
  return wrong.length === 0 && missing === 0;
}
