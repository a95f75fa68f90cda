import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { ServerFigures } from '../catalog/context.js';
import type { Catalog } from '../catalog/define.js';
import type { Metrics } from '../metrics.js';
import * as packageInfo from '../package-info.js';
import { answerable } from './answerable.js';
import type { Binding } from './binding.js';
import { compileCatalog } from './compile.js';
import { RequestContext } from './context.js';
import { isRequest } from '../rpc/messages.js';
import { methods } from './methods.js';
import type { Scope } from './scope.js';
import { sharedValidator } from './validator.js';

/**
 * A catalog has no tasks, and a request that asks for one is to be answered like any other (2025-11-25, basic/utilities/tasks,
 * "Capability Negotiation"); the SDK refuses it.
 */
function overlookTasks(transport: Transport): void {
  const { onmessage } = transport;
  transport.onmessage = (message, extra) => {
    if (!('method' in message) || message.params?.task === undefined) return onmessage?.(message, extra);
    const { task: _task, ...params } = message.params;
    onmessage?.({ ...message, params }, extra);
  };
}

const NO_SCOPES: readonly string[] = [];

/** Binds a catalog to the SDK: compiled here, once; a `Server` per exchange gets only the handlers that it will need. */
export async function bindCatalog(catalog: Catalog, figures: ServerFigures, metrics: Metrics): Promise<Binding> {
  const compiled = await compileCatalog(catalog);
  const info = {
    name: catalog.name ?? packageInfo.name,
    version: catalog.version ?? packageInfo.version,
    ...(catalog.title !== undefined && { title: catalog.title }),
  };
  const options = {
    capabilities: compiled.capabilities,
    jsonSchemaValidator: sharedValidator,
    ...(catalog.instructions !== undefined && { instructions: catalog.instructions }),
  };
  const offered = methods.filter(({ capability }) => capability in compiled.capabilities);

  return {
    info,
    keepsState: false,
    async connect(transport: Transport, scope: Scope, wanted?: ReadonlySet<string>) {
      const server = new Server(info, options);
      server.onerror = (error) => scope.logger.debug({ requestId: scope.requestId, err: error }, 'protocol error');
      for (const { method, schema, run } of offered) {
        if (wanted && !wanted.has(method)) continue;
        server.setRequestHandler(schema, async (request, extra) => {
          const context = new RequestContext(server, extra, scope, method, figures, metrics);
          try {
            return (await run(compiled, (request.params ?? {}) as never, context)) as never;
          } catch (error) {
            // A cancelled request gets no answer: what its handler threw is how it stopped, and no fault.
            throw extra.signal.aborted ? error : answerable(error, scope);
          }
        });
      }
      await server.connect(transport);
      overlookTasks(transport);
    },
    requiredScopes(message) {
      if (!isRequest(message) || message.method !== 'tools/call') return NO_SCOPES;
      return compiled.tools.get(String(message.params?.name))?.tool.scopes ?? NO_SCOPES;
    },
  };
}
