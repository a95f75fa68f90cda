import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const USAGE = `npm run bench -- [options]

  --quick          about four minutes: only the rows that are held to their targets;
                   exits 1 when one misses its target by more than a fifth
  --only <names>   subjects, between commas: stateless,memory; the bare Express echo is always measured
  --rounds <n>     how often every subject has its turn
  --seconds <n>    how long one turn is counted
  --json <path>    where the figures go (test/bench/results/latest.json)
  --svg <path>     draws the chart
  --markdown       prints the tables of docs/speed.md instead of the tables for a terminal
  --from <path>    shows the figures of an earlier run, and measures nothing
  --binary <path>  another build's bin/mcp-calc.js
  --profile <dir>  writes a CPU profile of each server of this project there (read them with test/bench/profile.js)
`;

/** Reads the command line; `fault` says what is wrong with it. */
export function readOptions(args) {
  try {
    return read(args);
  } catch (error) {
    return { fault: `${error.message}\n\n${USAGE}` };
  }
}

/** The command that measures the same again: without what only says where the figures go. */
export function commandOf({ quick, given: { only, rounds, seconds } }) {
  const named = Object.entries({ only, rounds, seconds }).filter(([, value]) => value !== undefined);
  const flags = [...(quick ? ['--quick'] : []), ...named.map(([name, value]) => `--${name} ${value}`)];
  return ['npm run bench', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
}

function read(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string', default: here('results/latest.json') },
      svg: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      from: { type: 'string' },
      binary: { type: 'string', default: here('../../bin/mcp-calc.js') },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    ...values,
    given: values,
    only: values.only?.split(','),
    rounds: number('rounds', values.rounds, 5, 1, 50),
    seconds: number('seconds', values.seconds, 0.6, 0.2, 60),
  };
}

function number(name, text, otherwise, least, most) {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new TypeError(`--${name} takes a number from ${least} to ${most}`);
  return value;
}
