import { defineCheck, failure, info, ok, warning } from '../check.js';

const OLDEST = 20;
/** When the last security fixes of a release line are due (github.com/nodejs/Release). */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};
/** Up to here, the odd majors are for trying out; later ones are all for the long term. */
const LAST_SHORT_LIVED = 25;

export const node = defineCheck({
  id: 'node',
  title: 'Node.js',
  timeoutMs: 1_000,
  async run({ nodeVersion, now }) {
    const major = Number.parseInt(nodeVersion, 10);
    const install = 'Install an LTS release from https://nodejs.org';
    if (!(major >= OLDEST)) return [failure(`${nodeVersion} is too old: mcp-calc needs ${OLDEST} or newer`, install)];
    if (major % 2 === 1 && major <= LAST_SHORT_LIVED)
      return [warning(`${nodeVersion} works, but its line gets no long-term support`, install)];
    const end = END_OF_LIFE[major];
    if (end === undefined) return [ok(nodeVersion)];
    if (now() > Date.parse(end))
      return [ok(nodeVersion), info(`Node.js ${major} has had no security fixes since ${end}`, install)];
    return [ok(`${nodeVersion}, LTS until ${end}`)];
  },
});
