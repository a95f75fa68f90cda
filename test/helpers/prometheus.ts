import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/prepare-tests.js';
import { eventually } from './eventually.js';
import { freePort } from './redis.js';

const program = String(findProgram('prometheus'));
const run = promisify(execFile);
const START_MS = 15_000;
const CHECK_MS = 20_000;

/** Runs promtool, which comes with Prometheus; rejects with what it says where it finds fault. */
export async function promtool(...args: string[]): Promise<string> {
  const { stdout } = await run(join(dirname(program), 'promtool'), args, { timeout: CHECK_MS });
  return stdout;
}

export interface Prometheus {
  /** The samples that a query has now: their labels and values. Rejects where the query is wrong. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]>;
  /** The labels of every series of a metric. */
  series(name: string): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
}

/** A Prometheus that scrapes one address, as the job `mcp-calc`, some times in a second. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-prometheus-'));
  const job = {
    job_name: 'mcp-calc',
    scrape_interval: '300ms',
    scrape_timeout: '300ms',
    static_configs: [{ targets: [target] }],
  };
  const config = join(folder, 'prometheus.yaml');
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ scrape_configs: [job] }));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}`, `--web.listen-address=${address}`];
  const child = spawn(program, [...args, '--log.level=error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ask = async <T>(path: string, parameters: Record<string, string>): Promise<T> => {
    const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  };
  const prometheus: Prometheus = {
    async query(query) {
      const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>('query', {
        query,
      });
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    series: (name) => ask('series', { 'match[]': name }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await eventually(async () => {
      // Two scrapes at least, for rates.
      const [scrapes] = await prometheus.query('count_over_time(up{job="mcp-calc"}[1m])');
      if (!(Number(scrapes?.value) >= 2)) throw new Error('Prometheus has not scraped twice');
    }, START_MS);
  } catch (error) {
    await prometheus.stop();
    throw error;
  }
  return prometheus;
}
