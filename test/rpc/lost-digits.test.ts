import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepsDigits, lostDigitsIn } from '../../src/rpc/lost-digits.js';
import { isObject, parseJson } from '../../src/rpc/messages.js';

/** A call with these arguments, as text that stands for itself. */
const call = (args: string, more = '') =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":${args}${more}}}`;

function lostIn(body: unknown) {
  return isObject(body) && isObject(body.params) ? lostDigitsIn(body.params) : [];
}

/** Whether a decimal and the shortest text of its double are the same fraction, by whole numbers alone. */
function isKept(text: string): boolean {
  const fractionOf = (decimal: string): [bigint, bigint] => {
    const [, sign, whole = '', fraction = '', power = '0'] =
      /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(decimal) ?? [];
    const [digits, exponent] = [BigInt(`${sign}1`) * BigInt(whole + fraction), Number(power) - fraction.length];
    return exponent < 0 ? [digits, 10n ** BigInt(-exponent)] : [digits * 10n ** BigInt(exponent), 1n];
  };
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const [[a, b], [c, d]] = [fractionOf(text), fractionOf(String(value))];
  return a * d === c * b;
}

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
const written = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      digits(0, 25).map((rest) => `1${rest}`),
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
    ),
    fc.option(digits(1, 25), { nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(420)), { nil: undefined }),
  )
  .map(
    ([sign, whole, fraction, power]) =>
      `${sign}${whole}${fraction ? `.${fraction}` : ''}${power ? power.join('') : ''}`,
  );

describe('a JSON number', () => {
  it('keeps its digits where its double is the same decimal, whatever it is', () => {
    let [kept, lost] = [0, 0];
    fc.assert(
      fc.property(written, (text) => {
        const expected = isKept(text);
        if (expected) kept += 1;
        else lost += 1;
        expect(keepsDigits(text)).toBe(expected);
        expect(lostIn(parseJson(call(`{"a":${text}}`))).length).toBe(expected ? 0 : 1);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(kept, lost)).toBeGreaterThan(100);
  });

  it('keeps them where JavaScript has written it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(lostIn(parseJson(call(JSON.stringify({ a: value }))))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('that loses digits is noted with its place, and nothing else is changed', () => {
    const args =
      '{"a":9007199254740993,"list":[1,{"b":0.12345678901234567890}],"s":"\\"12345678901234567890\\\\","c":1e400}';
    const body = parseJson(call(args, ',"_meta":{"progressToken":1}')) as { params: Record<string, unknown> };
    expect(lostIn(body)).toEqual([
      { path: 'a', digits: '9007199254740993' },
      { path: 'list.1.b', digits: '0.12345678901234567890' },
      { path: 'c', digits: '1e400' },
    ]);
    expect(body.params.arguments).toEqual(JSON.parse(args));
    expect(body.params._meta).toMatchObject({ progressToken: 1 });
  });

  it('is noted in the message of a batch in which it stands, and there alone', () => {
    const body = parseJson(`[${call('{"a":1}')},${call('{"a":12345678901234567890}')}]`) as unknown[];
    expect(body.map(lostIn)).toEqual([[], [{ path: 'a', digits: '12345678901234567890' }]]);
    expect(body[0]).toEqual(JSON.parse(call('{"a":1}')));
  });

  it('survives the way to another node', () => {
    const body = parseJson(call('{"a":12345678901234567890}'));
    expect(lostIn(JSON.parse(JSON.stringify(body)))).toEqual(lostIn(body));
    expect(lostIn(body)).toHaveLength(1);
  });

  it('is looked for in bounded time and space, whatever the text', () => {
    const start = performance.now();
    const many = lostIn(parseJson(call(`[${Array(50_000).fill('12345678901234567890').join(',')}]`)));
    expect(many).toHaveLength(5);
    const [long] = lostIn(parseJson(call(`{"a":1${'0'.repeat(900_000)}}`)));
    expect(long?.digits).toHaveLength(61);
    expect(lostIn(parseJson(call(`{"a":0.${'0'.repeat(900)}1}`)))).toHaveLength(1);
    expect(lostIn(parseJson(call(`{"a":"${'\\\\'.repeat(400_000)}12345678901234567890"}`)))).toEqual([]);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it.each(['null', '1', '[]', '"12345678901234567890"', '12345678901234567890', '{"method":"tools/call","a":1e400}'])(
    'leaves %s to those who read messages',
    (text) => expect(parseJson(text)).toEqual(JSON.parse(text)),
  );

  it('takes no note of another shape for one', () => {
    for (const note of [1, 'x', [1, null, {}, { path: 1, digits: 'x' }], {}])
      expect(lostDigitsIn({ _meta: { 'mcp-calc/lostDigits': note } })).toEqual([]);
  });
});
