import { version } from '../package-info.js';
import { methodLabel } from '../rpc/methods.js';
import { isObject } from '../rpc/messages.js';
import type { RpcRequest } from '../rpc/messages.js';
import { quote } from '../text/harmless.js';
import { shortSession } from '../text/secrets.js';
import type { Attributes, Carrier, Context, OpenTelemetryApi, Span, SpanContext } from './api.js';
import type { RequestFacts, RequestSpan, Telemetry } from './contract.js';

/** `SpanKind` and `SpanStatusCode` of the API. */
const SERVER = 1;
const CLIENT = 2;
const ERROR = 2;

/** Characters of what is the client's to choose, in an attribute. */
const NAME_CHARACTERS = 128;
const URI_CHARACTERS = 1_024;
/** Characters that a text of a carrier may have (W3C Baggage, 4.3; the other two are shorter). */
const CARRIED_CHARACTERS = 8_192;
/** What carries a context (SEP-414). */
const CARRIED = ['traceparent', 'tracestate', 'baggage'];

/** The part of OpenTelemetry that says who made a span or a figure. */
export const SCOPE = 'mcp-calc';

/** Spans by the providers that are registered with this API, as they are at each span. */
export function telemetryOf(api: OpenTelemetryApi): Telemetry {
  const { context, propagation, trace } = api;
  const tracer = trace.getTracer(SCOPE, version);

  const spanIn = (
    parent: Context,
    kind: number,
    name: string,
    attributes: Attributes,
    linked?: SpanContext,
  ): { span: Span; inside: Context } => {
    const links = linked ? [{ context: linked }] : undefined;
    const span = tracer.startSpan(name, { kind, attributes, links }, parent);
    return { span, inside: trace.setSpan(parent, span) };
  };
  const ran =
    (inside: Context) =>
    <T>(run: () => T): T =>
      context.with(inside, run);
  const current = () => trace.getSpanContext(context.active());
  const carrierOf = (of: Context): Carrier => {
    const carrier: Carrier = {};
    propagation.inject(of, carrier);
    return carrier;
  };

  return {
    http({ method, route, path, httpVersion, address, headers }) {
      const { span, inside } = spanIn(
        propagation.extract(context.active(), carried(headers)),
        SERVER,
        route === undefined ? method : `${method} ${route}`,
        {
          'http.request.method': method,
          'http.route': route,
          'url.path': route ?? quote(path, NAME_CHARACTERS),
          'url.scheme': 'http',
          'network.protocol.version': httpVersion,
          'client.address': address,
        },
      );
      return {
        traceId: span.spanContext().traceId,
        run: ran(inside),
        end(status, refusal) {
          const failed = status >= 500;
          span.setAttributes({
            'http.response.status_code': status,
            'mcp_calc.refusal': refusal,
            ...(failed && { 'error.type': String(status) }),
          });
          if (failed) span.setStatus({ code: ERROR });
          span.end();
        },
      };
    },

    request(request, facts): RequestSpan {
      const active = context.active();
      const meta = request.params?._meta;
      const given = isObject(meta) ? carried(meta) : {};
      const isGiven = given.traceparent !== undefined;
      const method = methodLabel(request.method);
      const { span, inside } = spanIn(
        isGiven ? propagation.extract(active, given) : active,
        SERVER,
        method,
        attributesOf(request, method, facts),
        // What brought it has a trace of its own (semantic conventions for MCP, "Context propagation").
        isGiven ? trace.getSpanContext(active) : undefined,
      );
      return {
        traceId: span.spanContext().traceId,
        run: ran(inside),
        asks(question, params) {
          const { span: asking, inside: within } = spanIn(context.active(), CLIENT, question, {
            'mcp.method.name': question,
            ...connectionOf(facts),
          });
          const { _meta } = params;
          return {
            params: { ...params, _meta: { ...(isObject(_meta) && _meta), ...carrierOf(within) } },
            answered() {
              const by = current();
              if (by && by.spanId !== asking.spanContext().spanId) asking.addLink?.({ context: by });
            },
            end(failed) {
              if (failed) {
                asking.setAttributes({ 'error.type': '_OTHER' });
                asking.setStatus({ code: ERROR });
              }
              asking.end();
            },
          };
        },
        end(outcome, code) {
          // A name that was refused may be anything, and there may be any number of such.
          const target = outcome === 'error' ? undefined : targetOf(request);
          if (target !== undefined) span.updateName(`${method} ${target}`);
          const type = outcome === 'error' ? String(code ?? '_OTHER') : outcome === 'tool_error' ? outcome : undefined;
          span.setAttributes({
            'mcp_calc.outcome': outcome,
            'error.type': type,
            'rpc.response.status_code': code === undefined ? undefined : String(code),
          });
          if (type !== undefined) span.setStatus({ code: ERROR });
          span.end();
        },
      };
    },

    async command(name, run) {
      if (!current()) return run();
      const operation = name.toUpperCase();
      const { span, inside } = spanIn(context.active(), CLIENT, operation, {
        'db.system.name': 'redis',
        'db.operation.name': operation,
      });
      try {
        return await context.with(inside, run);
      } catch (error) {
        const { code, name } = error as { code?: unknown; name: string };
        span.setAttributes({ 'error.type': typeof code === 'string' ? code : name });
        span.setStatus({ code: ERROR });
        throw error;
      } finally {
        span.end();
      }
    },

    carrier: () => (current() ? carrierOf(context.active()) : undefined),
    from: (carrier, run) => context.with(propagation.extract(context.active(), carried(carrier)), run),
    incoming(headers, run) {
      return current() ? run() : context.with(propagation.extract(context.active(), carried(headers)), run);
    },
  };
}

/** What of headers, of `_meta`, or of another node's message carries a context. Its form is judged by who extracts it. */
function carried(from: Carrier): Carrier {
  const carrier: Carrier = {};
  for (const name of CARRIED) {
    const value = from[name];
    if (typeof value === 'string' && value.length <= CARRIED_CHARACTERS) carrier[name] = value;
  }
  return carrier;
}

function attributesOf(request: RpcRequest, method: string, facts: RequestFacts): Attributes {
  const { id, params } = request;
  const uri = params?.uri;
  return {
    'mcp.method.name': method,
    'jsonrpc.request.id': quote(String(id), NAME_CHARACTERS),
    'mcp.protocol.version': facts.protocolVersion,
    'mcp.session.id': facts.sessionId === undefined ? undefined : shortSession(facts.sessionId),
    ...connectionOf(facts),
    ...(method === 'tools/call' && {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': targetOf(request),
    }),
    ...(method === 'prompts/get' && { 'gen_ai.prompt.name': targetOf(request) }),
    ...(method.startsWith('resources/') &&
      typeof uri === 'string' && { 'mcp.resource.uri': quote(uri, URI_CHARACTERS) }),
  };
}

function connectionOf({ transport }: RequestFacts): Attributes {
  return transport === 'stdio'
    ? { 'network.transport': 'pipe' }
    : { 'network.transport': 'tcp', 'network.protocol.name': 'http' };
}

/** The tool or the prompt that a request names. */
function targetOf({ method, params }: RpcRequest): string | undefined {
  const name = params?.name;
  const isNamed = (method === 'tools/call' || method === 'prompts/get') && typeof name === 'string';
  return isNamed ? quote(name, NAME_CHARACTERS) : undefined;
}
