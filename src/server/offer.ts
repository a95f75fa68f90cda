import type { Catalog, IntroducedCatalog } from '../catalog/define.js';
import type { OfferConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { forgettable } from '../protocol/errors.js';
import type { SdkCopy } from '../protocol/hosted/modern-host.js';
import { serveFactory } from '../protocol/hosted/serve-factory.js';
import type { ServeOptions } from '../protocol/serve-catalog.js';
import { serveCatalog } from '../protocol/serve-catalog.js';
import type { Served } from '../protocol/served.js';
import type { Storage } from '../sessions/contract.js';
import { firstLine, ServeError } from './errors.js';
import type { ModuleOffer, Offer } from './load-module.js';
import type { WatchedModule } from './watch/watched-module.js';

/** Which generations of the protocol are served, and how. */
export type ServedProtocol = Pick<
  ServeOptions,
  'eras' | 'lenientHeaders' | 'isReplaceable' | 'states' | 'changes' | 'tasks'
>;

/** The calculator, or what a `--server` module exports. `historyTtlMs`: how long a history is kept, where any is. */
export async function loadOffer(
  { server, minimal, sampleToolName, apps }: OfferConfig & { minimal?: boolean },
  historyTtlMs?: number,
): Promise<ModuleOffer> {
  if (server !== undefined) {
    const { loadModule } = await import('./load-module.js');
    return loadModule(server, process.cwd());
  }
  const { calculatorCatalog } = await import('../calculator-catalog/index.js');
  return calculatorCatalog({ minimal, sampleToolName, apps, historyTtlMs });
}

/** As {@link loadOffer}, but the calculator only introduces itself: a client is greeted before it is loaded. */
export async function introduceOffer(
  config: OfferConfig,
  historyTtlMs?: number,
): Promise<ModuleOffer | IntroducedCatalog> {
  // A sample tool's name may be taken, which a start has to say.
  if (config.server !== undefined || config.sampleToolName !== undefined) return loadOffer(config, historyTtlMs);
  const { calculatorLater } = await import('../calculator-catalog/later.js');
  return calculatorLater({ historyTtlMs, apps: config.apps });
}

/** The `--server` module with its first offer, where it is to be served anew whenever it changes. */
export async function watchOffer({ server, watch }: OfferConfig): Promise<WatchedModule | undefined> {
  if (!watch || server === undefined) return undefined;
  const { WatchedModule } = await import('./watch/watched-module.js');
  return WatchedModule.open(server, process.cwd());
}

export interface ServingOptions {
  readonly config: Pick<OfferConfig, 'server'>;
  readonly offer: ModuleOffer | IntroducedCatalog;
  /** Where the offer is of a module that is served anew whenever it changes. */
  readonly watched: WatchedModule | undefined;
  readonly metrics: Metrics;
  readonly protocol: ServedProtocol;
  /** Absent where there are no sessions. */
  readonly storage: Storage | undefined;
  readonly logger: Logger;
}

/** Makes an offer ready to be served. Throws a ServeError for a module whose schemas or servers are malformed. */
export async function serveModule({ watched, ...options }: ServingOptions): Promise<Served> {
  if (!watched) return serveOffer(options);
  const protocol = { ...options.protocol, isReplaceable: true };
  return watched.serve({ ...options, serve: (offer) => serveOffer({ ...options, offer, protocol }) });
}

async function serveOffer({
  config: { server },
  offer,
  metrics,
  protocol,
  storage,
}: Omit<ServingOptions, 'watched'>): Promise<Served> {
  try {
    if (typeof offer === 'function') {
      return await serveFactory(offer, { ...protocol, loadSdk: (made) => sdkOf(String(server), made) });
    }
    const figures = {
      uptime: () => process.uptime(),
      activeSessions: () => forgettable(Promise.resolve(storage?.sessions.count() ?? 0)),
      calculations: () => metrics.calculations(),
    };
    return await serveCatalog(offer, {
      figures,
      metrics,
      loadValidator: async () => (await import('./json-schema.js')).ajvValidator,
      zod: { load: async () => (await import('zod')).toJSONSchema },
      ...protocol,
    });
  } catch (error) {
    if (server === undefined) throw error;
    const { placeOf } = await import('./place-of-error.js');
    throw new ServeError(`--server ${server}: ${firstLine(error)}${placeOf(error, process.cwd())}`, { cause: error });
  }
}

/** The SDK that made a module's server, loaded only where it is one of the second generation. */
async function sdkOf(name: string, made: object): Promise<SdkCopy> {
  const [{ locateModule }, { loadSdk }] = await Promise.all([import('./load-module.js'), import('./load-sdk.js')]);
  return loadSdk(locateModule(name, process.cwd()), made);
}

/** The tools of a catalog; those of other servers are not known before they are asked. */
export function toolsOf(offer: Offer): Catalog['tools'] {
  return 'tools' in offer ? offer.tools : [];
}
