import { callTool } from '../calls.js';
import { connect } from '../connect.js';
import { shellQuote } from '../curl.js';
import type { StdioTarget } from '../target.js';
import type { FlowOptions } from './run.js';

/** Messages on lines: what goes to stdin, and what comes from stdout. */
export async function walkStdio(
  target: StdioTarget,
  shown: string,
  { onAnswer, onStep, signal, timeoutMs }: FlowOptions,
): Promise<void> {
  const sent: string[] = [];
  const received: string[] = [];
  const onTrace = (direction: 'sent' | 'received', message: unknown): void =>
    void (direction === 'sent' ? sent : received).push(JSON.stringify(message));
  const connection = await connect(target, { callbacks: { onTrace }, signal, timeoutMs });
  try {
    await callTool(connection, { name: 'calculate' }, { a: 100, b: 50, op: 'add' }, { signal });
  } finally {
    await connection.close();
  }
  const [initialize = '', initialized = '', call = ''] = sent;
  onStep(
    'Shake hands: a line to stdin, a line from stdout',
    `printf '%s\\n' ${shellQuote(initialize)} | ${shown}`,
    'Both sides say which version they speak and what they can do.',
  );
  onAnswer(received[0] ?? '');
  onStep(
    'Call a tool after the handshake: three lines to stdin',
    `printf '%s\\n' ${[initialize, initialized, call].map(shellQuote).join(' ')} | ${shown}`,
    'The process is the session: the end of its input ends it.',
  );
  onAnswer(received.slice(0, 2).join('\n'));
}
