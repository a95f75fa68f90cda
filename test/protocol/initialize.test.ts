import { expect, test } from 'vitest';
import { readInitialize } from '../../src/protocol/initialize.js';
import type { RpcRequest } from '../../src/rpc/messages.js';
import { INITIALIZE_BYTES } from '../../src/sessions/limits.js';

const initialize = (params?: Record<string, unknown>): RpcRequest => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  ...(params && { params }),
});
const WHOLE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };

test('what a bare curl leaves out gets empty defaults', () => {
  const { introduction, request } = readInitialize(initialize({ protocolVersion: '1.0.0' }), false);
  expect(JSON.parse(introduction.initialize)).toEqual(request.params);
  expect(request.params).toEqual({
    protocolVersion: '1.0.0',
    capabilities: {},
    clientInfo: { name: 'unknown', version: '0' },
  });
});

test('what was given stays as it is, fields that are not known included', () => {
  const params = { ...WHOLE, capabilities: { experimental: { x: {} } }, extra: 1 };
  const { introduction, request } = readInitialize(initialize(params), true);
  expect([JSON.parse(introduction.initialize), request.params]).toEqual([params, params]);
});

test.each(['protocolVersion', 'capabilities', 'clientInfo'])('strict demands %s and names it', (name) => {
  const params: Record<string, unknown> = { ...WHOLE };
  delete params[name];
  expect(() => readInitialize(initialize(params), true)).toThrow(
    expect.objectContaining({ code: -32602, message: expect.stringContaining(name) as string }) as Error,
  );
});

test('params that would burden every exchange are refused', () => {
  const params = { ...WHOLE, clientInfo: { name: 'ü'.repeat(INITIALIZE_BYTES / 2), version: '1' } };
  expect(() => readInitialize(initialize(params), false)).toThrow(expect.objectContaining({ code: -32602 }) as Error);
});
