import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { startCollector } from '../helpers/otlp.js';
import { ask, callOf } from '../helpers/rpc.js';
import { spawnServer } from '../helpers/spawn-server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('a collector that takes everything and answers nothing', () => {
  test('slows no call, fills no log, and stops no end', { timeout: 40_000 }, async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const server = await spawnServer(['http', '--stateless', '--otel'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5',
      OTEL_BSP_MAX_QUEUE_SIZE: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '100',
      OTEL_METRIC_EXPORT_TIMEOUT: '100',
    });
    try {
      const url = `${server.origin}/mcp`;
      const times: number[] = [];
      for (let call = 0; call < 40; call += 1) {
        const began = performance.now();
        await ask(url, {}, callOf('calculate', { op: 'add', a: 1, b: call }));
        times.push(performance.now() - began);
      }
      const median = times.sort((one, other) => one - other)[times.length / 2];
      // One that waited for the collector would take the 300 ms of its time limit.
      expect(median).toBeLessThan(250);
      const trouble = 'OpenTelemetry could not send something';
      await eventually(() => expect(server.log.join('\n')).toContain(trouble), 15_000);
      const began = performance.now();
      expect(await server.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(server.log.filter((line) => line.includes('could not send something'))).toHaveLength(1);
      expect(server.log.filter((line) => line.includes('"message":"request"'))).toHaveLength(40);
    } finally {
      await server.stop('SIGKILL');
      silent.close();
    }
  });
});

describe('a collector that refuses, and says what it got', () => {
  test.each([
    ['in its body', (headers: object) => ({ status: 401, words: undefined, body: JSON.stringify({ got: headers }) })],
    [
      'beside its status',
      (headers: Record<string, unknown>) => ({ status: 401, words: `no ${String(headers['x-team'])}`, body: '' }),
    ],
    [
      'with a partial success',
      (headers: object) => ({
        status: 200,
        words: undefined,
        body: JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: JSON.stringify(headers) } }),
      }),
    ],
  ])('%s: the log has one short line about it, and none of the headers', async (_where, answer) => {
    const collector = createHttpServer((req, res) => {
      const { status, words, body } = answer(req.headers);
      req.resume().once('end', () => {
        res.statusMessage = words ?? res.statusMessage;
        res.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => collector.once('listening', resolve));
    const server = await spawnServer(['http', '--stateless'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20pl4nted,x-team=pl4nted/too',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    });
    try {
      await ask(`${server.origin}/mcp`, {}, callOf('calculate', { op: 'add', a: 1, b: 2 }));
      const told = () => server.log.filter((line) => line.includes('OpenTelemetry could not send something'));
      await eventually(() => expect(told()).toHaveLength(1));
      expect(server.log.join('\n')).not.toContain('pl4nted');
      expect(told()[0]?.length).toBeLessThan(500);
    } finally {
      await server.stop();
      collector.close();
    }
  });
});

describe('a package that has no copy of the SDK beside it', () => {
  let folder: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcp-calc-otel-'));
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(join(ROOT, part), join(folder, 'package', part), { recursive: true });
    program = join(folder, 'package', 'bin', 'mcp-calc.js');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (args: readonly string[], env: Record<string, string>, cwd: string) =>
    spawnServer(['http', '--stateless', ...args], env, { program, cwd });

  test('says what to install, and does not start where it was asked for by name', async () => {
    await expect(start(['--otel'], {}, folder)).rejects.toThrow(
      'mcp-calc: --otel needs the packages of OpenTelemetry: npm i @opentelemetry/api@1 @opentelemetry/sdk-node@0.223',
    );
  });

  test('serves without it where only a standard variable is set, and says so', async () => {
    const server = await start([], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, folder);
    const said = server.log.find((line) => line.includes('OTEL_EXPORTER_OTLP_ENDPOINT needs'));
    expect(said).toContain('"level":"warn"');
    expect(said).toContain('npm i @opentelemetry/api@1 @opentelemetry/sdk-node@0.223');
    expect(await server.stop()).toBe(0);
  });

  test('takes the one of the project that it is started in', async () => {
    const project = join(folder, 'project', 'node_modules');
    mkdirSync(project, { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', '@opentelemetry'), join(project, '@opentelemetry'));
    const collector = await startCollector();
    const server = await start(['--otel'], collector.env, join(folder, 'project'));
    try {
      await ask(`${server.origin}/mcp`, {}, callOf('calculate', { op: 'add', a: 1, b: 2 }, 'in-project'));
      await eventually(() =>
        expect(collector.spans.map(({ attributes }) => attributes['jsonrpc.request.id'])).toContain('in-project'),
      );
    } finally {
      await server.stop();
      await collector.close();
    }
  });
});
