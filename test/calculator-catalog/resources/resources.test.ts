import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../src/catalog/context.js';
import type { Resource, ResourceContents } from '../../../src/catalog/define.js';
import { constants } from '../../../src/calculator-catalog/resources/constants.js';
import { currentRequest } from '../../../src/calculator-catalog/resources/current-request.js';
import { formulasLibrary } from '../../../src/calculator-catalog/resources/formulas-library.js';
import { historyEntry } from '../../../src/calculator-catalog/resources/history-entry.js';
import { history } from '../../../src/calculator-catalog/resources/history.js';
import { multiplicationTable } from '../../../src/calculator-catalog/resources/multiplication-table.js';
import { sessionInfoById } from '../../../src/calculator-catalog/resources/session-info-by-id.js';
import { sessionInfo } from '../../../src/calculator-catalog/resources/session-info.js';
import { stats } from '../../../src/calculator-catalog/resources/stats.js';
import { callContext, testSession } from '../../helpers/call-context.js';

const stateless = (): CallContext => callContext({ session: undefined }).context;
const calculation = { operation: 'divide', expression: '100 ÷ 5', value: 20, timestamp: '2026-01-01T00:00:00.000Z' };

function json(contents: ResourceContents | ResourceContents[] | undefined): Record<string, unknown> {
  if (contents === undefined || Array.isArray(contents) || !('text' in contents)) throw new Error('No single text');
  expect(contents.mimeType).toBe('application/json');
  return JSON.parse(contents.text) as Record<string, unknown>;
}

async function readJson(resource: Resource, context: CallContext): Promise<Record<string, unknown>> {
  return json(await resource.read(resource.uri, context));
}

it('the constants come at full precision', async () => {
  expect(await readJson(constants, stateless())).toEqual({
    pi: Math.PI,
    e: Math.E,
    phi: (1 + Math.sqrt(5)) / 2,
    sqrt2: Math.SQRT2,
    ln2: Math.LN2,
    ln10: Math.LN10,
  });
});

it('the formulas come by category', async () => {
  const { count, categories } = await readJson(formulasLibrary, stateless());
  const byCategory = Object.values(categories as Record<string, unknown[]>);
  expect(byCategory.flat()).toHaveLength(count as number);
  expect(byCategory.every((formulas) => formulas.length > 0)).toBe(true);
});

describe('the statistics', () => {
  const server: CallContext['server'] = {
    stateful: true,
    uptime: () => 12.5,
    activeSessions: async () => 3,
    calculations: () => ({ add: 2 }),
  };

  it('count calculations and sessions', async () => {
    expect(await readJson(stats, callContext({ server }).context)).toEqual({
      calculations: { add: 2 },
      activeSessions: 3,
      uptime: 12.5,
    });
  });

  it('are the uptime alone when stateless', async () => {
    expect(
      await readJson(stats, callContext({ server: { ...server, stateful: false }, session: undefined }).context),
    ).toEqual({ uptime: 12.5 });
  });
});

describe('the history', () => {
  it('gives the calculations, newest first, and each by its id', async () => {
    const { context } = callContext();
    await context.history.add(calculation);
    await context.history.add({ ...calculation, value: 21 });
    expect(await readJson(history, context)).toEqual({
      calculations: [
        { ...calculation, value: 21, id: 'calculation-2' },
        { ...calculation, id: 'calculation-1' },
      ],
      count: 2,
    });
    const uri = 'calculator://history/calculation-1';
    expect(json(await historyEntry.read(uri, { calculationId: 'calculation-1' }, context))).toEqual({
      ...calculation,
      id: 'calculation-1',
    });
    expect(await historyEntry.read('calculator://history/x', { calculationId: 'x' }, context)).toBeUndefined();
  });

  it('completes its ids', async () => {
    const { context } = callContext();
    await context.history.add(calculation);
    const complete = historyEntry.complete?.['calculationId'];
    expect(await complete?.('calc', context, {})).toEqual(['calculation-1']);
    expect(await complete?.('x', context, {})).toEqual([]);
    expect(await complete?.('', stateless(), {})).toEqual([]);
  });

  it('is not there when stateless', async () => {
    expect(history.available?.(stateless())).toBe(false);
    expect(historyEntry.available?.(stateless())).toBe(false);
    expect(history.available?.(callContext().context)).toBe(true);
    expect(await history.read(history.uri, stateless())).toBeUndefined();
    expect(await historyEntry.read('calculator://history/1', { calculationId: '1' }, stateless())).toBeUndefined();
  });
});

describe('the session', () => {
  const session = {
    ...testSession,
    createdAt: Date.now() - 90_500,
    lastActivity: Date.UTC(2026, 0, 2),
    requestCount: 7,
    calculationCount: 60,
  };

  it('tells of itself', async () => {
    const { context } = callContext({ session });
    expect(await readJson(sessionInfo, context)).toEqual({
      sessionId: 'session-1',
      startTime: new Date(session.createdAt).toISOString(),
      lastActivity: '2026-01-02T00:00:00.000Z',
      requestCount: 7,
      calculationCount: 60,
      uptime: 90,
    });
  });

  it('is read by its own id, and no other', async () => {
    const { context } = callContext({ session });
    expect(
      json(await sessionInfoById.read('session://info/session-1', { sessionId: 'session-1' }, context)),
    ).toMatchObject({ requestCount: 7 });
    expect(await sessionInfoById.read('session://info/session-2', { sessionId: 'session-2' }, context)).toBeUndefined();
    expect(await sessionInfoById.complete?.['sessionId']?.('ses', context, {})).toEqual(['session-1']);
    expect(await sessionInfoById.complete?.['sessionId']?.('x', context, {})).toEqual([]);
  });

  it('is not there when stateless', async () => {
    expect(sessionInfo.available?.(stateless())).toBe(false);
    expect(sessionInfoById.available?.(stateless())).toBe(false);
    expect(await sessionInfo.read(sessionInfo.uri, stateless())).toBeUndefined();
    expect(await sessionInfoById.read('session://info/', {}, stateless())).toBeUndefined();
  });
});

describe('the current request', () => {
  it('is told as the server sees it', async () => {
    const request = {
      ...callContext().context.request,
      id: 'req-1',
      method: 'resources/read',
      headers: { host: 'localhost' },
    };
    expect(await readJson(currentRequest, callContext({ request }).context)).toEqual({
      id: 'req-1',
      method: 'resources/read',
      headers: { host: 'localhost' },
      protocolVersion: '2025-11-25',
      requestId: 'request-1',
      transport: 'streamable-http',
    });
  });

  it("tells the caller's subject and scopes, and nothing else of the token", async () => {
    const caller = {
      issuer: 'https://issuer',
      subject: 'ann',
      clientId: 'client',
      scopes: ['read'],
      claims: { email: 'ann@example.org' },
    };
    expect(await readJson(currentRequest, callContext({ caller }).context)).toMatchObject({
      caller: { subject: 'ann', scopes: ['read'] },
    });
    expect(Object.keys((await readJson(currentRequest, callContext({ caller }).context))['caller'] as object)).toEqual([
      'subject',
      'scopes',
    ]);
  });
});

describe('the multiplication tables', () => {
  const read = async (n: string) => multiplicationTable.read(`calculator://tables/${n}`, { n }, stateless());

  it('are a hundred, in order', async () => {
    const listed = (await multiplicationTable.list?.(stateless())) ?? [];
    expect(listed).toHaveLength(100);
    expect([listed[0]?.uri, listed[99]?.uri]).toEqual(['calculator://tables/1', 'calculator://tables/100']);
  });

  it('are text where odd and a blob of text where even', async () => {
    expect(await read('7')).toMatchObject({
      uri: 'calculator://tables/7',
      mimeType: 'text/plain',
      text: expect.stringContaining('7 × 8 = 56'),
    });
    const even = await read('12');
    expect(even).not.toHaveProperty('text');
    expect(Buffer.from((even as { blob: string }).blob, 'base64').toString()).toMatch(
      /^12 × 1 = 12\n.*\n12 × 10 = 120$/s,
    );
  });

  it.each(['0', '101', '07', '1.5', '-1', 'x', ' 7'])('have none for %s', async (n) =>
    expect(await read(n)).toBeUndefined(),
  );

  it('complete their number', async () => {
    const complete = await multiplicationTable.complete?.['n']?.('9', stateless(), {});
    expect(complete).toEqual(['9', '90', '91', '92', '93', '94', '95', '96', '97', '98', '99']);
  });
});
