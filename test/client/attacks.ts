import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runCli, startCli } from '../helpers/run-cli.js';
import type { CliResult } from '../helpers/run-cli.js';

const script = fileURLToPath(new URL('hostile-server.js', import.meta.url));
const recorder = new URL('../helpers/record-peak.mjs', import.meta.url).href;

/** What the client may hold at most while anybody attacks it, MB. */
export const MOST_MEMORY = 400;

/** How an attack travels: over stdio, as JSON, in the event stream of a POST, or over the legacy transport. */
export type Way = 'stdio' | 'json' | 'stream' | 'sse';
export type Era = 'legacy' | 'modern';

export const WAYS: readonly (readonly [Way, Era])[] = [
  ['stdio', 'legacy'],
  ['json', 'legacy'],
  ['stream', 'legacy'],
  ['sse', 'legacy'],
  ['stdio', 'modern'],
  ['json', 'modern'],
  ['stream', 'modern'],
];
const STREAMS: readonly Way[] = ['stdio', 'stream', 'sse'];
const OVER_HTTP: readonly Way[] = ['json', 'stream'];
const TOO_MUCH = /^mcp-calc: The server sent more than (64 MB|\d+ values|500 levels of values) in one message$/m;

export interface Attack {
  /** As the hostile server knows it. */
  readonly name: string;
  /** `call x` where it is left out. */
  readonly verb?: readonly string[];
  /** All where it is left out. */
  readonly ways?: readonly Way[];
  readonly era?: Era;
  /** Seconds of the client's `--timeout`, where the attack lasts as long. */
  readonly timeout?: number;
  readonly code: number | readonly number[];
  /** What stderr says; stdout for an answer that is taken. */
  readonly words: RegExp;
}

export const ATTACKS: readonly Attack[] = [
  { name: 'endless', code: 5, words: TOO_MUCH },
  { name: 'values', code: 5, words: TOO_MUCH },
  { name: 'deep', code: 5, words: TOO_MUCH },
  { name: 'deep-a-little', code: 5, words: TOO_MUCH },
  { name: 'lines', ways: ['stream', 'sse'], code: 5, words: TOO_MUCH },
  { name: 'bomb', ways: OVER_HTTP, code: 5, words: TOO_MUCH },
  { name: 'error-body', ways: OVER_HTTP, code: 4, words: /HTTP 500\): no no no/ },
  { name: 'error-words', ways: OVER_HTTP, code: 4, words: /^mcp-calc: http\S+ answers with/m },
  { timeout: 4, name: 'retry', ways: ['stream'], era: 'legacy', code: 4, words: /No answer from|closed the stream/ },
  { name: 'retry', ways: ['sse'], code: 4, words: /closed the stream before it answered/ },
  { name: 'large', code: 0, words: /a{1000}/ },
  { name: 'large', verb: ['call', 'x', '--json'], code: 0, words: /"text":"a{1000}/ },
  { name: 'large-marked', code: 0, words: /(red \n){100}/ },
  { name: 'wide', code: 0, words: /…a{1000}/ },
  { name: 'large-wide', code: 5, words: /^mcp-calc: The server sent more than 32 million characters in one message$/m },
  {
    name: 'large-escaped',
    code: 5,
    words: /^mcp-calc: The server sent more than 32 million characters in one message$/m,
  },
  { name: 'many-values', code: 0, words: /\{"a":\[\{\},/ },
  { name: 'pages', verb: ['tools'], code: 5, words: /The list has more than 200 pages/ },
  { name: 'large-pages', verb: ['tools'], code: 5, words: /The list is longer than 64 MB/ },
  { name: 'tools', verb: ['tools'], code: 0, words: /^x/m },
  { name: 'long-name', verb: ['tools'], code: 0, words: /^TOOL/m },
  {
    timeout: 4,
    name: 'changes',
    ways: STREAMS,
    code: [4, 5],
    words: /No answer from|more than 100000 notifications, and no answer/,
  },
  {
    timeout: 4,
    name: 'logs',
    ways: STREAMS,
    code: [4, 5],
    words: /No answer from|more than 100000 notifications, and no answer/,
  },
  { name: 'progress', ways: STREAMS, code: 5, words: /more than 100000 notifications, and no answer/ },
  {
    name: 'questions',
    ways: STREAMS,
    era: 'legacy',
    code: [4, 5],
    words: /No answer from|asked more than 1000 questions, and gave no/,
  },
  { name: 'questions', era: 'modern', code: 5, words: /asks more than 100 questions at once/ },
  {
    name: 'page',
    verb: ['call', 'x', '--accept'],
    era: 'modern',
    code: 0,
    words: /not a web page: declined\.[^]*"action":"decline"/,
  },
  { name: 'rounds', era: 'modern', code: 5, words: /still required input after 10 rounds/ },
  ...['pattern', 'property-patterns', 'property-names', 'doubled-references'].map((name) => ({
    name,
    code: 0,
    words: /the schema can't be checked \(it takes longer than 2000 ms\)/,
  })),
  { name: 'circular-reference', code: 0, words: /the schema is faulty/ },
  { name: 'deep-schema', code: [0, 5], words: /more than 500 levels of values in one message|^done$/m },
  ...['recursive-input', 'circular-alternatives', 'huge-input'].map((name) => ({
    name,
    verb: ['smoke', '--only', 'tools'],
    code: 0,
    words: /no arguments could be made up|call x/,
  })),
];

/** Whether an attack can be played this way. */
export function fits({ ways, era }: Attack, [way, spoken]: readonly [Way, Era]): boolean {
  return (ways?.includes(way) ?? true) && (era === undefined || era === spoken);
}

export interface HostileServer {
  /** Plays an attack to the client until that ends, and looks at how it has ended. */
  play(attack: Attack, how: readonly [Way, Era], timeoutMs?: number): Promise<CliResult & { readonly peak: number }>;
  /** The same with `--trace`, left running: whoever calls ends it. */
  start(name: string, how: readonly [Way, Era]): ChildProcessWithoutNullStreams;
  close(): Promise<void>;
}

export async function startHostileServer(): Promise<HostileServer> {
  const server = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const origin = line.toString().trim();
  const args = (verb: readonly string[], name: string, [way, era]: readonly [Way, Era], timeout = 20): string[] => [
    ...['client', ...verb, '--era', era, '--timeout', String(timeout)],
    ...(way === 'stdio'
      ? ['--', process.execPath, script, 'stdio', name]
      : ['--url', `${origin}/${way}/${name}`, '--transport', way === 'sse' ? 'sse' : 'http']),
  ];
  return {
    async play({ name, verb = ['call', 'x'], timeout, code, words }, how, timeoutMs = 40_000) {
      const result = await runCli(args(verb, name, how, timeout), { nodeArgs: ['--import', recorder], timeoutMs });
      const peak = Number(/^PEAK (\d+) MB$/m.exec(result.stderr)?.[1]);
      const stderr = result.stderr.replace(/^PEAK .*\n/m, '');
      expect(`${stderr.slice(-2_000)}${result.stdout.slice(0, 2_000)}`).toMatch(words);
      expect([code].flat()).toContain(result.code);
      expect(peak).toBeLessThan(MOST_MEMORY);
      // No stack, and no warning of a library or of Node.
      expect(stderr).not.toMatch(/^\s+at .*:\d+|\(node:\d+\)|mcp-sdk/m);
      return { ...result, stderr, peak };
    },
    start: (name, how) => startCli(args(['call', 'x', '--trace'], name, how)),
    close: async () => {
      server.stdin.end();
      await once(server, 'exit');
    },
  };
}
