import { describe, expect, test } from 'vitest';
import { CHILD, opensChildren, say } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import { runCli } from '../helpers/run-cli.js';

const { serve, connect } = opensChildren();

describe('a command that is no server', () => {
  test.each([
    ['that is not there', ['no-such-command-here'], /no-such-command-here was not found/],
    ['that ends at once', ['node', CHILD, 'exits'], /ended with exit code 3: no licence was found/],
    ['that is silent', ['node', CHILD, 'silent'], /did not answer within 1 s/],
    ['that says back what it is told', ['cat'], /asks before it was greeted/],
    ['that says something else', ['node', '-e', 'console.log("Hi");setInterval(()=>1,999)'], /Hi/],
  ])('%s keeps the server from starting, in one line', async (_what, command, why) => {
    const { code, stderr } = await runCli([
      'http',
      '--port',
      '0',
      '--child-start',
      '1s',
      '--log-level',
      'silent',
      '--',
      ...command,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('a server that makes trouble', () => {
  test('and dies: its call ends with the last line of its stderr, and a new greeting gets another', async () => {
    const server = await serve();
    const client = await connect(server);
    const pid = await say(client, 'pid');
    await expect(say(client, 'crash')).rejects.toThrow(/ended with exit code 7: the disk is full/);
    await eventually(() => expect(say(client, 'echo', { said: 'x' })).rejects.toThrow(/Session not found/));
    expect(await say(await connect(server), 'pid')).not.toBe(pid);
  });

  test('and is killed while a call waits: the call ends with an error', async () => {
    const server = await serve();
    const client = await connect(server);
    const pid = Number(await say(client, 'pid'));
    const call = say(client, 'sleep');
    call.catch(() => undefined);
    await eventually(() => expect(server.log.join('\n')).toContain('asleep'));
    process.kill(pid, 'SIGKILL');
    await expect(call).rejects.toThrow(/was ended by SIGKILL/);
  });

  test('and writes lines that are no messages: they are left out, and it is served', async () => {
    const server = await serve([], ['rubbish']);
    expect(await say(await connect(server), 'echo', { said: 'through' })).toBe('through');
    expect(server.log.join('\n')).toContain('Welcome to the server!');
  });

  test('and answers with what is not an answer: its call ends with an error that says so', async () => {
    const client = await connect(await serve());
    await expect(say(client, 'mumble')).rejects.toThrow(/answer is not one of JSON-RPC/);
    expect(await say(client, 'echo', { said: 'on' })).toBe('on');
  });

  test('and floods its stdout: it is ended, and the others go on', async () => {
    const server = await serve([], ['flood']);
    const other = await connect(server);
    await expect(say(await connect(server), 'flood')).rejects.toThrow(/1000 lines that are not MCP messages/);
    expect(await say(other, 'echo', { said: 'on' })).toBe('on');
  });

  test('and there are as many as there may be: the next greeting is answered with 503', async () => {
    const server = await serve(['--max-children', '1']);
    await connect(server);
    await expect(connect(server)).rejects.toThrow(/There are 1 servers running already/);
  });
});
