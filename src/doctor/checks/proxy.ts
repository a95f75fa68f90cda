import { defineCheck, info, ok, warning } from '../check.js';
import type { Finding } from '../check.js';
import type { Environment } from '../../config/index.js';

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
const LOOPBACK = ['localhost', '127.0.0.1'];

export const proxy = defineCheck({
  id: 'proxy',
  title: 'Proxy',
  timeoutMs: 1_000,
  async run({ env, url }) {
    const set = NAMES.flatMap((name) => [name, name.toLowerCase()]).filter((name) => (env[name] ?? '').trim() !== '');
    if (set.length === 0) return [ok('no proxy variables are set')];
    const findings: Finding[] = [...new Set(set.map((name) => name.toUpperCase()))].flatMap((name) =>
      faultsOf(name, env),
    );
    const exempt = listOf(env.NO_PROXY).concat(listOf(env.no_proxy));
    const missing = LOOPBACK.filter(
      (name) =>
        !exempt.some(
          (entry) =>
            entry === '*' ||
            entry.replace(/:\d+$/, '') === name ||
            (name !== 'localhost' && /^127\.0\.0\.0\/8$/.test(entry)),
        ),
    );
    if (missing.length > 0) {
      const value = [...listOf(env.NO_PROXY ?? env.no_proxy), ...missing].join(',');
      findings.push(
        warning(
          `${set.join(', ')} set, but NO_PROXY lacks ${missing.join(' and ')}: curl and hosts ask the proxy for servers of this machine`,
          `export NO_PROXY=${value} no_proxy=${value}`,
        ),
      );
    }
    if (findings.length === 0) findings.push(ok(`${set.join(', ')} set; servers of this machine are exempt`));
    if (url !== undefined && env.NODE_USE_ENV_PROXY !== '1')
      findings.push(
        info(
          'Node.js does not use these variables: the server of --url is asked directly',
          'From Node.js 24 on: NODE_USE_ENV_PROXY=1',
        ),
      );
    return findings;
  },
});

function faultsOf(name: string, env: Environment): Finding[] {
  const upper = env[name]?.trim() ?? '';
  const lower = env[name.toLowerCase()]?.trim() ?? '';
  // A password may stand in the value: it is not repeated.
  if (upper !== '' && lower !== '' && upper !== lower)
    return [
      warning(
        `${name} and ${name.toLowerCase()} differ: each program takes another one`,
        'Set both to the same value.',
      ),
    ];
  const value = upper || lower;
  if (/^(?:\w+:\/\/)?[^\s/]+\/?$/.test(value) && URL.canParse(value.includes('://') ? value : `http://${value}`))
    return [];
  return [
    warning(`${name} is not the address of a proxy`, `It must look like this: ${name}=http://proxy.example.com:3128`),
  ];
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
}
