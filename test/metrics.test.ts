import { describe, expect, it } from 'vitest';
import { createMetrics } from '../src/metrics.js';
import { noMetrics } from '../src/metrics/none.js';
import type { Metrics, MetricsOptions } from '../src/metrics.js';
import { parseExposition } from './helpers/exposition.js';

const make = (options: Partial<MetricsOptions> = {}) =>
  createMetrics({ tools: ['calculate'], processFigures: false, ...options });

async function samplesOf(metrics: Metrics, name: string) {
  const { text } = await metrics.render();
  return parseExposition(text).get(name)?.samples ?? [];
}

function exercise(metrics: Metrics): void {
  metrics.calculation('add');
  metrics.operation('legacy', 'tools/call', 'calculate', 'ok', 0.002);
  metrics.operation('legacy', 'initialize', undefined, 'error', 40);
  metrics.httpRequest('POST', '/mcp', 200, 0.003);
  metrics.refusal('host');
  metrics.storeError('touch');
  metrics.sessionCreated();
  metrics.streamOpened();
}

describe('the metrics', () => {
  it('are clean by the rules of promtool, with and without figures in them', async () => {
    const metrics = await make({ processFigures: true, activeSessions: async () => 3 });
    parseExposition((await metrics.render()).text);
    exercise(metrics);
    const families = parseExposition((await metrics.render()).text);
    const types = Object.fromEntries([...families.values()].map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({
      mcp_active_sessions: 'gauge',
      mcp_calculations_total: 'counter',
      mcp_server_operation_duration_seconds: 'histogram',
      http_server_request_duration_seconds: 'histogram',
      mcp_sessions_created_total: 'counter',
      mcp_sse_streams_open: 'gauge',
      mcp_store_errors_total: 'counter',
      mcp_refusals_total: 'counter',
      process_resident_memory_bytes: 'gauge',
      process_cpu_seconds_total: 'counter',
    });
  });

  it('count calculations by operation, scrape after scrape', async () => {
    const metrics = await make();
    metrics.calculation('add');
    metrics.calculation('add');
    metrics.calculation('divide');
    const counted = [
      { name: 'mcp_calculations_total', labels: { operation: 'add' }, value: 2 },
      { name: 'mcp_calculations_total', labels: { operation: 'divide' }, value: 1 },
    ];
    expect(await samplesOf(metrics, 'mcp_calculations_total')).toEqual(counted);
    expect(await samplesOf(metrics, 'mcp_calculations_total')).toEqual(counted);
    expect(metrics.calculations()).toEqual({ add: 2, divide: 1 });
  });

  it('time operations by method, tool and outcome, in seconds', async () => {
    const metrics = await make();
    metrics.operation('legacy', 'tools/call', 'calculate', 'ok', 0.002);
    metrics.operation('legacy', 'tools/call', 'calculate', 'ok', 0.5);
    const samples = await samplesOf(metrics, 'mcp_server_operation_duration_seconds');
    const labels = { era: 'legacy', method: 'tools/call', tool: 'calculate', outcome: 'ok' };
    expect(samples).toContainEqual({ name: 'mcp_server_operation_duration_seconds_count', labels, value: 2 });
    expect(samples).toContainEqual({ name: 'mcp_server_operation_duration_seconds_sum', labels, value: 0.502 });
  });

  it('keep the eras of the protocol apart, and rounds that end with questions from what is done', async () => {
    const metrics = await make();
    metrics.operation('legacy', 'tools/call', 'calculate', 'ok', 1);
    metrics.operation('modern', 'tools/call', 'calculate', 'ok', 1);
    metrics.operation('modern', 'tools/call', 'calculate', 'input_required', 1);
    const samples = await samplesOf(metrics, 'mcp_server_operation_duration_seconds');
    const counts = samples.filter(({ name }) => name.endsWith('_count'));
    expect(counts.map(({ labels, value }) => [labels.era, labels.outcome, value])).toEqual([
      ['legacy', 'ok', 1],
      ['modern', 'ok', 1],
      ['modern', 'input_required', 1],
    ]);
  });

  it('take no label from what clients make up', async () => {
    const metrics = await make();
    for (let i = 0; i < 1_000; i += 1) {
      metrics.operation('legacy', `made/up${i}`, undefined, 'error', 0);
      metrics.operation('legacy', 'tools/call', `made-up-${i}`, 'error', 0);
      metrics.operation('legacy', 'tools/call', '__proto__', 'error', 0);
      metrics.httpRequest(`MADEUP${i}`, 'other', 404, 0);
      metrics.calculation(`operation ${i}`);
      metrics.refusal(`reason ${i}`);
      metrics.storeError(`kind ${i}`);
    }
    const distinct = async (name: string, label: string) =>
      new Set((await samplesOf(metrics, name)).map(({ labels }) => labels[label])).size;
    expect(await distinct('mcp_server_operation_duration_seconds', 'method')).toBe(2);
    expect(await distinct('mcp_server_operation_duration_seconds', 'tool')).toBe(2);
    expect(await distinct('http_server_request_duration_seconds', 'http_request_method')).toBe(1);
    expect(await distinct('mcp_calculations_total', 'operation')).toBe(101);
    expect(await distinct('mcp_refusals_total', 'reason')).toBe(101);
    expect(await distinct('mcp_store_errors_total', 'kind')).toBe(101);
  });

  it('show as NaN, not as 0, how many sessions there are when the storage cannot say', async () => {
    const [failing, throwing, working] = [
      await make({ activeSessions: () => Promise.reject(new Error('down')) }),
      await make({
        activeSessions: () => {
          throw new Error('down');
        },
      }),
      await make({ activeSessions: async () => 7 }),
    ];
    expect(await samplesOf(failing, 'mcp_active_sessions')).toMatchObject([{ value: NaN }]);
    expect(await samplesOf(throwing, 'mcp_active_sessions')).toMatchObject([{ value: NaN }]);
    expect(await samplesOf(working, 'mcp_active_sessions')).toMatchObject([{ value: 7 }]);
  });

  it('go up and down with the streams', async () => {
    const metrics = await make();
    metrics.streamOpened();
    metrics.streamOpened();
    metrics.streamClosed();
    expect(await samplesOf(metrics, 'mcp_sse_streams_open')).toMatchObject([{ value: 1 }]);
  });

  it('are apart from those of another server in the process', async () => {
    const [one, other] = [await make(), await make()];
    exercise(one);
    expect(await samplesOf(other, 'mcp_calculations_total')).toEqual([]);
  });

  it('cost next to nothing', async () => {
    const metrics = await make();
    const start = performance.now();
    for (let i = 0; i < 20_000; i += 1) exercise(metrics);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('without a registry still count calculations', async () => {
    const metrics = noMetrics();
    exercise(metrics);
    metrics.streamClosed();
    expect(metrics.calculations()).toEqual({ add: 1 });
    expect((await metrics.render()).text).toBe('');
  });
});

describe('the parser of the tests', () => {
  it.each([
    ['a counter without its ending', '# HELP a b\n# TYPE a counter\na 1\n'],
    ['a sample without help', 'a_total 1\n'],
    ['a sample twice', '# HELP a b\n# TYPE a gauge\na 1\na 2\n'],
    ['a family twice', '# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n'],
    ['a broken label', '# HELP a b\n# TYPE a gauge\na{b="c} 1\n'],
    ['a missing last line end', '# HELP a b\n# TYPE a gauge\na 1'],
    ['a histogram without +Inf', '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n'],
    [
      'a histogram that shrinks',
      '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    ],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
