import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { defineRemoteCheck, failure, info, ok, reasonOf } from '../check.js';

const MAX_SHOWN = 4;

export const remoteDns = defineRemoteCheck({
  id: 'remote-dns',
  title: 'DNS',
  timeoutMs: 6_000,
  async run({ hostname }) {
    const name = hostname.replace(/^\[|\]$/g, '');
    if (isIP(name) !== 0) return [info(`${name} is an address: there is no name to look up`)];
    try {
      const found = await lookup(name, { all: true });
      const shown = found.slice(0, MAX_SHOWN).map(({ address }) => address);
      return [
        ok(`${name} is ${shown.join(', ')}${found.length > MAX_SHOWN ? ` and ${found.length - MAX_SHOWN} more` : ''}`),
      ];
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
      const fix = 'Check the spelling, the network, and the DNS record of the name.';
      return [
        failure(absent ? `there is no host named ${name}` : `${name} can't be looked up: ${reasonOf(error)}`, fix),
      ];
    }
  },
});
