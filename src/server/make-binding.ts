import type { ServerFigures } from '../catalog/context.js';
import type { Catalog } from '../catalog/define.js';
import type { OfferConfig } from '../config/index.js';
import type { Metrics } from '../metrics.js';
import type { Binding } from '../protocol/binding.js';
import type { ServerFactory } from '../protocol/module-binding.js';
import type { Storage } from '../sessions/contract.js';
import { ServeError } from './errors.js';

/** What is to be served: the calculator, or what a `--server` module exports. */
export async function loadOffer(config: OfferConfig & { minimal?: boolean }): Promise<Catalog | ServerFactory> {
  if (config.server !== undefined) {
    const { loadModule } = await import('./load-module.js');
    return loadModule(config.server, process.cwd());
  }
  const { calculatorCatalog } = await import('../calculator-catalog/index.js');
  return calculatorCatalog({
    ...(config.minimal !== undefined && { minimal: config.minimal }),
    ...(config.sampleToolName !== undefined && { sampleToolName: config.sampleToolName }),
  });
}

/** Binds the offer to the protocol. Throws a ServeError for a module whose schemas or servers are malformed. */
export async function makeBinding(
  config: OfferConfig,
  offer: Catalog | ServerFactory,
  metrics: Metrics,
  storage: Storage | undefined,
): Promise<Binding> {
  try {
    if (typeof offer === 'function') {
      const { bindFactory } = await import('../protocol/module-binding.js');
      return await bindFactory(offer);
    }
    const { bindCatalog } = await import('../protocol/catalog-binding.js');
    return await bindCatalog(offer, figuresOf(metrics, storage), metrics);
  } catch (error) {
    if (config.server === undefined) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ServeError(`--server ${config.server}: ${message.split('\n', 1)[0]}`, { cause: error });
  }
}

/** The names that `tools/call` can have, for the labels of the metrics; unknown for a server of the SDK. */
export function toolNames(offer: Catalog | ServerFactory): string[] {
  return typeof offer === 'function' ? [] : offer.tools.map(({ name }) => name);
}

function figuresOf(metrics: Metrics, storage: Storage | undefined): ServerFigures {
  return {
    uptime: () => process.uptime(),
    activeSessions: async () => storage?.sessions.count() ?? 0,
    calculations: () => metrics.calculations(),
  };
}
