#!/usr/bin/env node
// Where a person looks into a fault, its stack names the source files. Reading the maps takes time: else nobody pays for it.
const [, , ...args] = process.argv;
if (/^debug$/i.test(process.env.LOG_LEVEL?.trim() ?? '') || / --log-level[ =]debug /i.test(` ${args.join(' ')} `)) {
  process.setSourceMapsEnabled(true);
}
await import('../dist/cli/main.js');
