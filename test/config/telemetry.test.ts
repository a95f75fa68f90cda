import { expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/index.js';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };

test.each([
  [{}, {}, undefined],
  [{ otel: true }, {}, { turnedOnBy: '--otel', isRequired: true }],
  [{}, { OTEL: 'true' }, { turnedOnBy: 'OTEL', isRequired: true }],
  [{}, ENDPOINT, { turnedOnBy: 'OTEL_EXPORTER_OTLP_ENDPOINT', isRequired: false }],
  [
    {},
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a' },
    { turnedOnBy: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', isRequired: false },
  ],
  [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, undefined],
  [{}, { ...ENDPOINT, OTEL: 'false' }, undefined],
  [{ otel: true }, { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }, undefined],
])('%j with %j sends traces and metrics by %j', (flags, env, expected) => {
  for (const command of ['http', 'sse', 'stdio'] as const)
    expect(resolveConfig(command, flags, env).telemetry).toEqual(expected);
});
