import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findings, report, temporaryFolder, writeFiles } from './machine.js';

/** This program, replaced by a script. */
async function replacedBy(script: string): Promise<{ self: { command: string; args: string[] } }> {
  const folder = await temporaryFolder();
  await writeFiles(folder, { 'server.mjs': script });
  return { self: { command: process.execPath, args: [join(folder, 'server.mjs')] } };
}

const ANSWERS = `
  process.stdin.setEncoding('utf8').on('data', (text) => {
    for (const line of text.split('\\n')) {
      let message;
      try { message = JSON.parse(line); } catch { continue; }
      if ('id' in message) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} }) + '\\n');
    }
  });`;

describe('the handshake of this program with itself', () => {
  it('succeeds on every transport', async () => {
    const told = await findings('handshake');
    expect(told.map((line) => line.replace(/\d+ ms$/, ''))).toEqual(
      ['stdio', 'sse', 'http --stateful', 'http --stateless'].map((way) =>
        expect.stringMatching(new RegExp(`^ok: ${way}: protocol 20\\d\\d-\\d\\d-\\d\\d, \\d+ tools, $`)),
      ),
    );
  });

  it('that fails names the transport and what the program said', async () => {
    const { findings: found } = await report(
      'handshake',
      await replacedBy('console.error("no disk"); process.exit(3)'),
    );
    expect(found.map(({ level }) => level)).toEqual(Array(4).fill('failure'));
    expect(found[0]?.message).toMatch(/^stdio: The server ended before it answered.*no disk/);
    expect(found[1]?.message).toBe('sse: mcp-calc sse ended with 3 before it listened: no disk');
  });

  it('that hangs ends in time, and so do its processes', async () => {
    const { findings: found, ms } = await report('handshake', await replacedBy('setInterval(() => {}, 1000)'), 800);
    expect(found).toEqual([expect.objectContaining({ level: 'failure', message: 'not done within 0.8 s' })]);
    expect(ms).toBeLessThan(2_500);
  });
});

describe('the purity of stdout', () => {
  it('holds for this program', async () => {
    expect(await findings('stdout')).toEqual([
      expect.stringMatching(/^ok: nothing but JSON-RPC/),
      expect.stringMatching(/^ok: nothing at all with broken variables/),
    ]);
  });

  it('is broken by whatever NODE_OPTIONS loads', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'loud.cjs': 'console.log("instrumentation ready")' });
    const env = { PATH: process.env.PATH, NODE_OPTIONS: `--require ${join(folder, 'loud.cjs')}` };
    const { findings: found } = await report('stdout', { env });
    expect(found[0]).toMatchObject({
      level: 'failure',
      message: expect.stringContaining('instrumentation ready'),
      fix: expect.stringContaining('NODE_OPTIONS'),
    });
  });

  it.each([
    [
      'talks before it answers',
      `console.log('Listening'); ${ANSWERS}`,
      /^failure: the stdio server writes something else than JSON-RPC: Listening$/,
    ],
    ['answers nothing', 'process.stdin.resume()', /^failure: the stdio server left 3 of 3 requests without an answer$/],
    [
      'floods its output',
      "setInterval(() => process.stdout.write('x'.repeat(100_000)), 1)",
      /^failure: the stdio server writes something else/,
    ],
  ])('is missed by a program that %s', async (_what, script, expected) => {
    expect((await findings('stdout', await replacedBy(script)))[0]).toMatch(expected);
  });

  it('is missed by a program that takes broken variables for good ones', async () => {
    expect((await findings('stdout', await replacedBy('process.stdin.resume()')))[1]).toMatch(
      /^failure: with broken variables, the stdio server ends as if all were well$/,
    );
  });
});
