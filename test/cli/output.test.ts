import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createOutput, startSpinner } from '../../src/cli/output.js';

function stream(terminal?: { columns: number }): NodeJS.WriteStream {
  return Object.assign(new PassThrough(), terminal && { isTTY: true, ...terminal }) as unknown as NodeJS.WriteStream;
}

function written(from: NodeJS.WriteStream): string {
  return String((from as unknown as PassThrough).read() ?? '');
}

it('writes results to stdout and all else to stderr', () => {
  const [stdout, stderr] = [stream(), stream()];
  const output = createOutput(stdout, stderr);
  output.print('result');
  output.note('remark');
  expect([written(stdout), written(stderr)]).toEqual(['result\n', 'remark\n']);
});

it('prints JSON for people on a terminal, and a line of it in a pipe', () => {
  const [pipe, terminal] = [stream(), stream({ columns: 100 })];
  createOutput(pipe, stream()).printJson({ a: [1] });
  createOutput(terminal, stream()).printJson({ a: [1] });
  expect(written(pipe)).toBe('{"a":[1]}\n');
  expect(written(terminal)).toBe('{\n  "a": [\n    1\n  ]\n}\n');
});

it('knows the width of a terminal as it is now, and cuts nothing in a pipe', () => {
  const terminal = stream({ columns: 100 });
  const output = createOutput(terminal, stream());
  expect(output.width()).toBe(100);
  terminal.columns = 60;
  expect(output.width()).toBe(60);
  terminal.columns = 0;
  expect(output.width()).toBe(80);
  expect(createOutput(stream(), stream()).width()).toBe(Infinity);
});

it('spins nothing where stderr is no terminal', async () => {
  const [stdout, stderr] = [stream({ columns: 80 }), stream()];
  const spinner = await startSpinner(createOutput(stdout, stderr), 'connecting');
  spinner.update('still connecting');
  spinner.stop();
  expect([written(stdout), written(stderr)]).toEqual(['', '']);
});
