import type { RpcRequest } from '../../rpc/messages.js';
import type { CompiledCatalog } from '../compile.js';
import type { Envelope } from './envelope.js';
import { readEnvelope, requireModernVersion } from './envelope.js';
import type { Headers } from './headers.js';
import { requireParamHeaders, requireStandardHeaders, requireVersionHeader } from './headers.js';
import type { ParamHeader } from './param-headers.js';
import { paramHeadersOf } from './param-headers.js';

/** What a request of the modern era must be before it is served at all (2026-07-28, basic, and "Server Validation"). */
export class Admission {
  private readonly paramHeaders = new Map<string, readonly ParamHeader[]>();

  /** Throws a TypeError for a tool whose `x-mcp-header` clients would refuse. */
  constructor(
    compiled: CompiledCatalog,
    private readonly isLenient: boolean,
  ) {
    for (const { tool, input } of compiled.tools.values()) {
      const expected = paramHeadersOf(tool.name, input.json());
      if (expected.length > 0) this.paramHeaders.set(tool.name, expected);
    }
  }

  /**
   * The envelope of a request; `headers` are those of its HTTP request, absent on a pipe. Throws {@link RpcError}: -32602 for a
   * malformed envelope, -32022 for a version that is not served, -32020 for a header that does not say what the body says.
   */
  admit(request: RpcRequest, headers?: Headers): Envelope {
    const envelope = readEnvelope(request);
    if (headers) requireVersionHeader(headers, envelope, this.isLenient);
    requireModernVersion(envelope);
    if (!headers) return envelope;
    requireStandardHeaders(headers, request);
    const { name, arguments: args } = request.params ?? {};
    const expected =
      request.method === 'tools/call' && typeof name === 'string' ? this.paramHeaders.get(name) : undefined;
    if (expected) requireParamHeaders(headers, args, expected);
    return envelope;
  }

  /** The version that a request asks for. */
  versionOf(request: RpcRequest): string {
    return readEnvelope(request).protocolVersion;
  }
}
