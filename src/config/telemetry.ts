import type { Environment, Reading } from './read.js';

/** Whether traces and metrics are sent, by OpenTelemetry. */
export interface TelemetryConfig {
  /** The flag or the variable that turned it on, for messages. */
  readonly turnedOnBy: string;
  /** Whether a server without the packages does not start: who only has the standard variables may mean other programs. */
  readonly isRequired: boolean;
  /** Values of the headers that a collector gets, which it may send back in any form; absent where there are none. */
  readonly secrets?: readonly string[];
}

/** The variables of OpenTelemetry that say where a collector is (OTLP exporter, "Endpoint URLs"). */
const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

const HEADERS = /^OTEL_EXPORTER_OTLP_(?:TRACES_|METRICS_)?HEADERS$/;
/** Characters of a text that could be a secret: a shorter one would be taken out of words. */
const SECRET_CHARACTERS = 4;

/** `--otel` and OTEL decide; without them, a variable that names a collector. OTEL_SDK_DISABLED turns all off, as the standard has it. */
export function telemetryConfig({ values, from }: Reading, env: Environment): TelemetryConfig | undefined {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return undefined;
  const secrets = secretsIn(env);
  if (values.otel !== undefined)
    return values.otel
      ? { turnedOnBy: from.otel === 'flag' ? '--otel' : 'OTEL', isRequired: true, secrets }
      : undefined;
  const endpoint = ENDPOINTS.find((name) => (env[name] ?? '').trim() !== '');
  return endpoint === undefined ? undefined : { turnedOnBy: endpoint, isRequired: false, secrets };
}

/** Of `name=value,name=value`, encoded as in a URL (OTLP exporter, "Specifying headers"): each word, as it stands there and decoded. */
function secretsIn(env: Environment): readonly string[] | undefined {
  const lists = Object.entries(env).flatMap(([name, value = '']) => (HEADERS.test(name) ? value.split(',') : []));
  const values = lists.map((pair) => pair.slice(pair.indexOf('=') + 1));
  const words = [...values, ...values.map(decoded)].flatMap((value) => value.split(/\s+/));
  const secrets = words.filter((word) => word.length >= SECRET_CHARACTERS && !/^(?:basic|bearer)$/i.test(word));
  return secrets.length > 0 ? [...new Set(secrets)] : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
