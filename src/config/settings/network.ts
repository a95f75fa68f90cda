import { hostList, originList, proxyTrust } from '../addresses.js';
import { choice } from '../kinds.js';
import { defineSetting } from '../setting.js';

/** Whom the server answers, and how it logs. */
export const networkSettings = {
  allowedHosts: defineSetting({
    flag: '--allowed-hosts <names>',
    env: 'ALLOWED_HOSTS',
    kind: hostList(),
    shown: 'loopback names when bound to loopback, else any',
    group: 'Network',
    description: 'names that a Host header may carry beside the loopback ones',
    commands: ['sse', 'http', 'auth-server'],
  }),
  allowedOrigins: defineSetting({
    flag: '--allowed-origins <origins>',
    env: 'ALLOWED_ORIGINS',
    kind: originList(),
    shown: 'the allowed hosts',
    group: 'Network',
    description: 'origins whose pages may send requests',
    commands: ['sse', 'http', 'auth-server'],
  }),
  corsOrigin: defineSetting({
    flag: '--cors-origin <origins>',
    env: 'CORS_ORIGIN',
    kind: originList(),
    shown: 'the allowed origins, where they are named',
    group: 'Network',
    description: 'origins whose pages may read the answers; they are allowed origins, too',
    commands: ['sse', 'http', 'auth-server'],
  }),
  trustProxy: defineSetting({
    flag: '--trust-proxy [hops]',
    env: 'TRUST_PROXY',
    kind: proxyTrust(),
    default: false,
    shown: 'off',
    group: 'Network',
    description: 'believe the X-Forwarded headers of this many proxies, or of these addresses',
    commands: ['sse', 'http', 'auth-server'],
  }),
  logLevel: defineSetting({
    flag: '--log-level <level>',
    env: 'LOG_LEVEL',
    kind: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    group: 'Logging',
    description: 'least severe level to log, on stderr',
    commands: ['stdio', 'sse', 'http', 'auth-server'],
  }),
  logFormat: defineSetting({
    flag: '--log-format <format>',
    env: 'LOG_FORMAT',
    kind: choice('auto', 'json', 'pretty'),
    default: 'auto',
    group: 'Logging',
    description: 'JSON lines or text for people; auto is pretty on a terminal',
    commands: ['stdio', 'sse', 'http', 'auth-server'],
  }),
};
