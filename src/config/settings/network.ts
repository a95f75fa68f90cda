import { hostList, originList, proxyTrust } from '../addresses.js';
import { choice, onOff } from '../kinds.js';
import { defineSettings } from '../setting.js';

/** Whom the server answers. */
export const networkSettings = defineSettings(
  { group: 'Network', commands: ['sse', 'http', 'auth-server'] },
  {
    allowedHosts: {
      flag: '--allowed-hosts <names>',
      env: 'ALLOWED_HOSTS',
      kind: hostList(),
      shown: 'loopback names when bound to loopback, else any',
      description: 'names that a Host header may carry beside the loopback ones',
      byRule: true,
    },
    allowedOrigins: {
      flag: '--allowed-origins <origins>',
      env: 'ALLOWED_ORIGINS',
      kind: originList(),
      shown: 'the allowed hosts',
      description: 'origins whose pages may send requests',
      byRule: true,
    },
    corsOrigin: {
      flag: '--cors-origin <origins>',
      env: 'CORS_ORIGIN',
      kind: originList(),
      shown: 'the allowed origins, where they are named',
      description: 'origins whose pages may read the answers; they are allowed origins, too',
      byRule: true,
    },
    trustProxy: {
      flag: '--trust-proxy [hops]',
      env: 'TRUST_PROXY',
      kind: proxyTrust(),
      default: false,
      description: 'believe the X-Forwarded headers of this many proxies, or of these addresses',
    },
  },
);

/** How the server logs. */
export const logSettings = defineSettings(
  { group: 'Logging', commands: ['stdio', 'sse', 'http', 'auth-server'], byRule: true },
  {
    logLevel: {
      flag: '--log-level <level>',
      env: 'LOG_LEVEL',
      kind: choice('debug', 'info', 'warn', 'error', 'silent'),
      default: 'info',
      description: 'least severe level to log, on stderr',
    },
    logFormat: {
      flag: '--log-format <format>',
      env: 'LOG_FORMAT',
      kind: choice('auto', 'json', 'pretty'),
      default: 'auto',
      description: 'JSON lines or text for people; auto is pretty on a terminal',
    },
  },
);

/** Traces and metrics by OTLP. Where they go, and how, is said by the standard variables of OpenTelemetry. */
export const telemetrySettings = defineSettings(
  { group: 'Telemetry', commands: ['stdio', 'sse', 'http'], byRule: true },
  {
    otel: {
      flag: '--otel',
      env: 'OTEL',
      kind: onOff(),
      shown: 'true where OTEL_EXPORTER_OTLP_ENDPOINT is set',
      description: 'send traces and metrics by OpenTelemetry, as the OTEL_ variables say',
    },
  },
);
