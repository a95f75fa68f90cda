import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientCommand } from '../../src/cli/commands/client.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import type { SmallServer } from '../client/hostile.js';
import { startSdk2Server } from '../client/sdk2-server.js';

/** The server of this program in both eras, and two that know one era each. */
type Subject = 'legacy' | 'modern' | 'everything' | 'sdk2';

interface Case {
  readonly args: readonly string[];
  /** What stdout must have. */
  readonly prints: RegExp;
  /** What stderr must have. */
  readonly says?: RegExp;
  /** 0 where it is left out. */
  readonly code?: number;
  readonly input?: string;
}

const MINE: Case[] = [
  { args: ['tools'], prints: /^TOOL +ARGUMENTS +WHAT\ncalculate +a b op/ },
  { args: ['call', 'calculate', 'a=1', 'b=2', 'op=add'], prints: /1 \+ 2 = 3/ },
  { args: ['resources'], prints: /calculator:\/\/constants +/ },
  { args: ['read', 'calculator://constants'], prints: /2\.718281828/ },
  { args: ['templates'], prints: /calculator:\/\/tables\/\{n\}/ },
  { args: ['prompts'], prints: /^explain-calculation +expression level\?/m },
  { args: ['prompt', 'explain-calculation', 'expression=6*7'], prints: /^user\n[\s\S]*6\*7/ },
  { args: ['complete', 'explain-calculation', 'level=b'], prints: /^basic\n$/ },
  { args: ['smoke', '--only', 'handshake'], prints: /CHECK[\s\S]*\n\d+ passed, .*0 failed/ },
  {
    args: ['load', 'calculate', 'a=1', 'b=2', 'op=add', '--duration', '200ms'],
    prints: /^Failed +0 \(0 %\)\n[\s\S]*^p99\.9 +[\d.]+ m?s$/m,
  },
  { args: ['shell'], input: 'ping\ncall calculate a=1 b=2 op=add\n', prints: /^✓ answered[^\n]*\n[\s\S]*1 \+ 2 = 3/ },
];

const CASES: Readonly<Record<Subject, readonly Case[]>> = {
  legacy: [
    { args: ['info'], prints: /^Server +Calculator 1\.0\.0\nProtocol +2025-11-25\nEra +legacy: asked for\n/ },
    ...MINE,
    {
      args: ['shell'],
      input: 'watch calculator://history &\ncall calculate a=1 b=2 op=add\nping\n',
      prints: /^\d\d:\d\d:\d\d resources\/updated calculator:\/\/history$/m,
    },
    { args: ['flow', 'stateful'], prints: /^1\. [\s\S]*"method":"initialize"[\s\S]*"serverInfo"/ },
  ],
  modern: [
    { args: ['info'], prints: /^Server +Calculator 1\.0\.0\nProtocol +2026-07-28\nEra +modern: asked for\n/ },
    ...MINE,
    // A history of the modern era is somebody's who has signed in.
    { args: ['watch', 'calculator://history'], prints: /^$/, says: /does not tell of calculator:\/\/history/, code: 5 },
    { args: ['flow', 'modern'], prints: /^1\. [\s\S]*server\/discover[\s\S]*"supportedVersions"/ },
  ],
  everything: [
    { args: ['info'], prints: /^Server +\S.*\nProtocol +2025-11-25\nEra +legacy: it does not know server\/discover\n/ },
    { args: ['tools'], prints: /^get-sum +a b /m },
    { args: ['call', 'get-sum', 'a=2', 'b=40'], prints: /42/ },
    { args: ['resources'], prints: /^demo:\/\/resource\/static\/document\/features\.md /m },
    { args: ['read', 'demo://resource/static/document/features.md'], prints: /Features/ },
    { args: ['templates'], prints: /^demo:\/\/resource\/dynamic\/text\/\{resourceId\} /m },
    { args: ['prompts'], prints: /^args-prompt +city state\?/m },
    { args: ['prompt', 'args-prompt', 'city=Paris'], prints: /^user\n[\s\S]*Paris/ },
    { args: ['complete', 'completable-prompt', 'department=E'], prints: /^Engineering\n$/ },
    { args: ['smoke', '--only', 'handshake'], prints: /CHECK[\s\S]*\n\d+ passed, .*0 failed/ },
    {
      args: ['load', 'echo', 'message=hi', '--duration', '200ms', '--connections', '2'],
      prints: /^Failed +0 \(0 %\)\n[\s\S]*^p99\.9 +[\d.]+ m?s$/m,
    },
    { args: ['shell'], input: 'ping\ncall echo message=hi\n', prints: /^✓ answered[^\n]*\nEcho: hi\n$/ },
    {
      args: ['shell'],
      input: 'watch demo://resource/static/document/features.md &\ncall toggle-subscriber-updates\nping\n',
      prints: /^\d\d:\d\d:\d\d resources\/updated demo:.*features\.md$/m,
    },
    { args: ['flow', 'stateful'], prints: /^1\. Is the server well\?/, says: /does not follow the flow/, code: 5 },
  ],
  sdk2: [
    {
      args: ['info'],
      prints: /^Server +sdk2 1\.0\.0\nProtocol +2026-07-28\nEra +modern: it answers server\/discover\n/,
    },
    { args: ['tools'], prints: /^greet +name$/m },
    { args: ['call', 'greet', 'name=Ada'], prints: /^Hello, Ada\n$/ },
    { args: ['resources'], prints: /^sdk2:\/\/note /m },
    { args: ['read', 'sdk2://people/Ada'], prints: /^I am Ada\n$/ },
    { args: ['templates'], prints: /^sdk2:\/\/people\/\{name\} /m },
    { args: ['prompts'], prints: /^welcome +name$/m },
    { args: ['prompt', 'welcome', 'name=Ada'], prints: /^user\nWelcome Ada\n$/ },
    { args: ['complete', 'sdk2://people/{name}', 'name=A'], prints: /^Ada\nAlan\n$/ },
    { args: ['smoke', '--only', 'handshake'], prints: /CHECK[\s\S]*\n\d+ passed, .*0 failed/ },
    {
      args: ['load', 'greet', 'name=Ada', '--duration', '200ms', '--connections', '2'],
      prints: /^Failed +0 \(0 %\)\n[\s\S]*^p99\.9 +[\d.]+ m?s$/m,
    },
    { args: ['shell'], input: 'ping\ncall greet name=Ada\n', prints: /^✓ answered[^\n]*\nHello, Ada\n$/ },
    {
      args: ['shell'],
      input: 'watch sdk2://note &\ncall touch\nping\n',
      prints: /^\d\d:\d\d:\d\d resources\/updated sdk2:\/\/note$/m,
    },
    { args: ['flow', 'modern'], prints: /^1\. [\s\S]*server\/discover/ },
  ],
};

const urls: Partial<Record<Subject, string>> = {};
let mine: SpawnedServer;
let sdk2: SmallServer;
let everything: ChildProcess;

beforeAll(async () => {
  [mine, sdk2, everything] = await Promise.all([spawnServer(['http']), startSdk2Server(), startEverything()]);
  Object.assign(urls, { legacy: `${mine.origin}/mcp`, modern: `${mine.origin}/mcp`, sdk2: `${sdk2.origin}/mcp` });
});

afterAll(async () => {
  const ended = once(everything, 'exit');
  everything.kill('SIGKILL');
  await Promise.all([mine.stop(), sdk2.close(), ended]);
});

/** It takes no port 0: a free one is found for it. */
async function startEverything(): Promise<ChildProcess> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
  const child = spawn(process.execPath, [program, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes(String(port))) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`server-everything ended: ${said}`)));
  });
  urls.everything = `http://127.0.0.1:${port}/mcp`;
  return child;
}

function there(subject: Subject): string[] {
  return ['--url', urls[subject] ?? '', ...(subject === 'legacy' || subject === 'modern' ? ['--era', subject] : [])];
}

describe.concurrent.each(Object.keys(CASES) as Subject[])('a verb with the server %s', (subject) => {
  it.each(CASES[subject])('$args $input', async ({ args, prints, says = /^/, code = 0, input }) => {
    const run = await runCli(['client', ...args, ...there(subject)], { input, timeoutMs: 14_000 });
    expect(run.stdout, run.stderr).toMatch(prints);
    expect(run.stderr).toMatch(says);
    expect(run.code).toBe(code);
  });
});

it('no verb is left out but those that sign in and out', () => {
  for (const cases of Object.values(CASES)) {
    const tried = new Set(
      cases.flatMap(({ args: [verb = ''], input = '' }) => [
        verb,
        ...input.split('\n').map((line) => line.split(' ')[0] ?? ''),
      ]),
    );
    const verbs = clientCommand().commands.map((verb) => verb.name());
    expect(verbs.filter((verb) => !tried.has(verb))).toEqual(['login', 'logout']);
  }
});
