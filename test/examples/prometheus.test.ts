import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFUSALS } from '../../src/http/reasons.js';
import { eventually } from '../helpers/eventually.js';
import type { Prometheus } from '../helpers/prometheus.js';
import { promtool, startPrometheus } from '../helpers/prometheus.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const FOLDER = join(import.meta.dirname, '../../examples/cluster');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const rules = read('alerts.yaml');
const alerts = [...rules.matchAll(/- alert: (\w+)\n +expr: (?:\|\n((?: {10}.*\n)+)|(.*))/g)].map(
  ([, name = '', long, short = '']) => ({ name, expression: (long ?? short).trim() }),
);

interface Dashboard {
  templating: { list: { name: string; query: string }[] };
  panels: { title: string; targets: { expr: string }[] }[];
}
const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => ({
    title,
    expression: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
  })),
);

const GROUPED = /\bby \(([^)]*)\)/g;

/** The metrics that an expression names, and the labels that it asks for with their values. */
function selectorsOf(expression: string) {
  return [...expression.replace(GROUPED, '').matchAll(/\b((?:mcp|http|process|nodejs)_\w+|up)\b(?:\{([^}]*)\})?/g)].map(
    ([, name = '', matchers = '']) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*=~?\s*"([^"]*)"/g)].map(([, label = '', value = '']) => ({
        label,
        value,
      })),
    }),
  );
}
const groupedBy = (expression: string) =>
  [...expression.matchAll(GROUPED)].flatMap(([, labels = '']) => labels.split(/,\s*/));

describe('the alert rules of examples/cluster', () => {
  test('are taken by Prometheus, in the configuration beside them', async () => {
    expect(await promtool('check', 'config', join(FOLDER, 'prometheus.yaml'))).toContain(
      `${alerts.length} rules found`,
    );
  });

  test('fire when what they are for is so, all of them, and none when all is well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-alerts-'));
    try {
      const cases = readFileSync(join(import.meta.dirname, 'alerts.test.yaml'), 'utf8');
      const file = join(folder, 'alerts.test.yaml');
      writeFileSync(file, cases.replace('[ALERTS]', JSON.stringify([join(FOLDER, 'alerts.yaml')])));
      await promtool('test', 'rules', file);
      for (const { name } of alerts) {
        expect(cases).toContain(`alertname: ${name} `);
        expect(cases).toContain(`{alertname="${name}"}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('point into the runbook', () => {
    const runbook = read('../../docs/runbook.md');
    const anchors = [...runbook.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w ]/g, '')
        .replaceAll(' ', '-'),
    );
    const pointed = [...rules.matchAll(/runbook: docs\/runbook\.md#(\S+)/g)].map(([, anchor = '']) => anchor);
    expect(pointed).toHaveLength(alerts.length);
    for (const anchor of pointed) expect(anchors).toContain(anchor);
  });
});

describe('in the metrics of a server that Prometheus scrapes', () => {
  let redis: RedisServer;
  let server: SpawnedServer;
  let prometheus: Prometheus;

  beforeAll(async () => {
    redis = await startRedis();
    server = await spawnServer(['http', '--redis', redis.url]);
    const url = `${server.origin}/mcp`;
    const session = await openSession(url);
    await post(url, callOf('calculate', { a: 1, b: 2, op: 'add' }), session);
    await post(url, request('ping'), { 'Mcp-Session-Id': 'unknown' });
    redis.pause();
    expect((await post(url, request('ping'), session)).status).toBe(503);
    redis.resume();
    await eventually(async () => expect((await post(url, request('ping'), session)).status).toBe(200), 10_000);
    prometheus = await startPrometheus(new URL(server.origin).host);
  }, 60_000);
  afterAll(async () => {
    await prometheus.stop();
    await server.stop();
    await redis.stop();
  });

  test.each(queries)(
    'the panel "$title" of the dashboard has something to show: $expression',
    async ({ expression }) => {
      expect(await prometheus.query(expression)).not.toEqual([]);
    },
  );

  test('the dashboard finds its nodes', async () => {
    const [, name = '', label = ''] =
      /^label_values\((\w+), (\w+)\)$/.exec(
        dashboard.templating.list.find(({ name }) => name === 'instance')?.query ?? '',
      ) ?? [];
    expect((await prometheus.series(name)).map((labels) => labels[label])).toEqual([new URL(server.origin).host]);
  });

  test.each([...alerts, ...queries])('there is all that is asked for by $expression', async ({ expression }) => {
    await prometheus.query(expression);
    const selectors = selectorsOf(expression);
    expect(selectors).not.toEqual([]);
    const known = new Set<string>();
    for (const { name, labels } of selectors) {
      const series = await prometheus.series(name);
      expect([name, series.length > 0]).toEqual([name, true]);
      for (const label of series.flatMap((each) => Object.keys(each))) known.add(label);
      for (const { label, value } of labels) {
        expect([name, series.some((each) => label in each)]).toEqual([name, true]);
        if (label === 'reason') expect(REFUSALS).toContain(value);
        else if (!/[.]/.test(value)) expect(series.map((each) => each[label])).toContain(value);
      }
    }
    for (const label of groupedBy(expression)) expect([...known]).toContain(label);
  });
});
