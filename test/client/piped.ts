import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../helpers/eventually.js';
import { startCli } from '../helpers/run-cli.js';

export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly params?: Record<string, unknown>;
  readonly error?: { code: number; message: string; data?: unknown };
}

/** What a host has: a process, its lines, and what it wrote to stderr. */
export class Piped {
  readonly heard: Message[] = [];
  stderr = '';
  readonly code: Promise<number | null>;
  readonly child: ChildProcessWithoutNullStreams;
  private rest: string[] = [];
  private last = 0;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.child = startCli(['stdio', ...args], { env });
    // It may end without reading its input.
    this.child.stdin.on('error', () => undefined);
    this.child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.rest.push(chunk);
      if (!chunk.includes('\n')) return;
      const lines = this.rest.join('').split('\n');
      this.rest = [lines.pop() ?? ''];
      // Whatever is no JSON on stdout fails the test.
      for (const line of lines) this.heard.push(JSON.parse(line) as Message);
    });
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.code = once(this.child, 'close').then(([code]) => code as number | null);
  }

  write(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  send(message: object): void {
    this.write(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** Sends a request, and resolves to its answer. */
  ask(method: string, params: object = {}): Promise<Message> {
    const id = (this.last += 1);
    this.send({ id, method, params });
    return this.answer(id);
  }

  /** Resolves to the answer to a request. */
  answer(id: number | string): Promise<Message> {
    return eventually(() => {
      const [answer] = this.answers(id);
      if (answer === undefined) throw new Error(`no answer to ${id}; stderr: ${this.stderr}`);
      return answer;
    }, 12_000);
  }

  /** All answers so far with this id. */
  answers(id: number | string): readonly Message[] {
    return this.heard.filter((message) => message.id === id && message.method === undefined);
  }

  async greet(): Promise<Message> {
    const clientInfo = { name: 'a host', version: '1' };
    const answer = await this.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    this.send({ method: 'notifications/initialized' });
    return answer;
  }

  add(a: number): Promise<Message> {
    return this.ask('tools/call', { name: 'calculate', arguments: { a, b: 1, op: 'add' } });
  }

  /** Ends the input, as a host does; resolves to the exit code. */
  end(): Promise<number | null> {
    this.child.stdin.end();
    return this.code;
  }

  kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.code;
  }
}
