import type { Environment, Reading } from './read.js';

/** Whether traces and metrics are sent, by OpenTelemetry. */
export interface TelemetryConfig {
  /** The flag or the variable that turned it on, for messages. */
  readonly turnedOnBy: string;
  /** Whether a server without the packages does not start: who only has the standard variables may mean other programs. */
  readonly isRequired: boolean;
}

/** The variables of OpenTelemetry that say where a collector is (OTLP exporter, "Endpoint URLs"). */
const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

/** `--otel` and OTEL decide; without them, a variable that names a collector. OTEL_SDK_DISABLED turns all off, as the standard has it. */
export function telemetryConfig({ values, from }: Reading, env: Environment): TelemetryConfig | undefined {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return undefined;
  if (values.otel !== undefined)
    return values.otel ? { turnedOnBy: from.otel === 'flag' ? '--otel' : 'OTEL', isRequired: true } : undefined;
  const endpoint = ENDPOINTS.find((name) => (env[name] ?? '').trim() !== '');
  return endpoint === undefined ? undefined : { turnedOnBy: endpoint, isRequired: false };
}
