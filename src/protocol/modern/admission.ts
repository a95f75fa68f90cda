import type { RpcRequest } from '../../rpc/messages.js';
import type { CompiledCatalog } from '../compile.js';
import type { Envelope } from './envelope.js';
import { readEnvelope, requireModernVersion } from './envelope.js';
import type { Headers } from './headers.js';
import { requireParamHeaders, requireStandardHeaders, requireVersionHeader } from './headers.js';

/** What a request of the modern era must be before it is served at all (2026-07-28, basic, and "Server Validation"). */
export class Admission {
  constructor(
    private readonly compiled: CompiledCatalog,
    private readonly isLenient: boolean,
  ) {}

  /**
   * The envelope of a request; `headers` are those of its HTTP request, absent on a pipe. Throws {@link RpcError}: -32602 for a
   * malformed envelope, -32022 for a version that is not served, -32020 for a header that does not say what the body says.
   */
  admit(request: RpcRequest, headers?: Headers): Envelope {
    const envelope = admitted(request, headers, this.isLenient);
    if (!headers) return envelope;
    const { name, arguments: args } = request.params ?? {};
    const called =
      request.method === 'tools/call' &&
      typeof name === 'string' &&
      (this.compiled.withHistories ?? this.compiled).tools.get(name);
    if (called) requireParamHeaders(headers, args, called.paramHeaders());
    return envelope;
  }

  /** The version that a request asks for. */
  versionOf(request: RpcRequest): string {
    return readEnvelope(request).protocolVersion;
  }
}

/** What {@link Admission.admit} asks of a request of whatever is served: all but the headers that repeat arguments. */
export function admitted(request: RpcRequest, headers: Headers | undefined, isLenient: boolean): Envelope {
  const envelope = readEnvelope(request);
  if (headers) requireVersionHeader(headers, envelope, isLenient);
  requireModernVersion(envelope);
  if (headers) requireStandardHeaders(headers, request);
  return envelope;
}
