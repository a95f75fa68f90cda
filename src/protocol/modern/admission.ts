import type { RpcRequest } from '../../rpc/messages.js';
import type { CompiledCatalog } from '../compile.js';
import { isZod } from '../schema.js';
import type { Envelope } from './envelope.js';
import { readEnvelope, requireModernVersion } from './envelope.js';
import type { Headers } from './headers.js';
import { requireParamHeaders, requireStandardHeaders, requireVersionHeader } from './headers.js';
import type { ParamHeader } from './param-headers.js';
import { paramHeadersOf } from './param-headers.js';

/** What a request of the modern era must be before it is served at all (2026-07-28, basic, and "Server Validation"). */
export class Admission {
  private readonly paramHeaders = new Map<string, readonly ParamHeader[]>();

  /**
   * Throws a TypeError for a tool whose `x-mcp-header` clients would refuse. A schema of zod is looked at with the first call of its
   * tool: to make JSON Schema of all of them would be a tenth of a start.
   */
  constructor(
    private readonly compiled: CompiledCatalog,
    private readonly isLenient: boolean,
  ) {
    for (const { tool } of compiled.tools.values()) if (!isZod(tool.inputSchema)) this.paramHeadersOf(tool.name);
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
    if (request.method === 'tools/call' && typeof name === 'string')
      requireParamHeaders(headers, args, this.paramHeadersOf(name));
    return envelope;
  }

  private paramHeadersOf(name: string): readonly ParamHeader[] {
    const known = this.paramHeaders.get(name);
    if (known) return known;
    const found = this.compiled.tools.get(name);
    if (!found) return [];
    const expected = paramHeadersOf(name, found.input.json());
    this.paramHeaders.set(name, expected);
    return expected;
  }

  /** The version that a request asks for. */
  versionOf(request: RpcRequest): string {
    return readEnvelope(request).protocolVersion;
  }
}
