// Runs the official conformance suite against the set-ups named on the command line, or against all of them:
// `npm run conformance`, `npm run conformance -- stateful`. Exits with 1 when a scenario fails that must pass.
import { REVISIONS, runSuite } from './suite.js';
import { targets } from './targets.js';

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(targets);
const unknown = names.find((name) => !Object.hasOwn(targets, name));
if (unknown !== undefined) {
  console.error(`There is no set-up "${unknown}": name one of ${Object.keys(targets).join(', ')}`);
  process.exit(1);
}

// An exit that runs the exit handlers: they end what was started.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

let good = true;
for (const name of names) {
  const passed = await judge(name, targets[name]).catch((error) => console.log(`${name}: ${error.message}`));
  good = passed === true && good;
}
process.exitCode = good ? 0 : 1;

async function judge(name, { title, mayFail, open }) {
  console.log(`\n${name}: ${title}`);
  const server = await open();
  try {
    let isGood = true;
    for (const revision of Object.keys(REVISIONS)) {
      isGood =
        report(`${name}, ${revision}`, revision, await runSuite(server.url, revision), mayFail[revision]) && isGood;
    }
    return isGood;
  } finally {
    await server.close();
  }
}

function report(title, revision, results, mayFail) {
  const scenarios = REVISIONS[revision];
  const failed = results.filter(({ faults }) => faults.length > 0);
  for (const { scenario, faults } of results) {
    const verdict = faults.length === 0 ? 'passed' : mayFail.includes(scenario) ? 'failed, as it may' : 'FAILED';
    console.log(`  ${verdict.padEnd(18)} ${scenario}`);
    if (verdict === 'FAILED') for (const fault of faults) console.log(`    ${fault}`);
  }
  const wrong = failed.filter(({ scenario }) => !mayFail.includes(scenario));
  const missing = scenarios - results.length;
  if (missing !== 0) console.log(`  FAILED: ${results.length} scenarios ran instead of ${scenarios}`);
  console.log(`${title}: ${results.length - failed.length} of ${scenarios} scenarios passed, ${failed.length} failed`);
  return wrong.length === 0 && missing === 0;
}
