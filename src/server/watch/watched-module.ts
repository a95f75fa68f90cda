import type { Logger } from '../../log.js';
import { withDeadline } from '../../net/time-limit.js';
import { ReplaceableServed } from '../../protocol/replaceable/served.js';
import type { Served } from '../../protocol/served.js';
import type { ChangeFeed } from '../../sessions/contract.js';
import { firstLine, ServeError } from '../errors.js';
import type { ModuleOffer } from '../load-module.js';
import { loadModule, locateModule } from '../load-module.js';
import { ModuleGraph } from './module-graph.js';
import { WATCHED_FILES, WatchedFiles } from './watched-files.js';

/** How long a module may take that is loaded anew, ms: until then, what is saved next waits. */
const RELOAD_LIMIT_MS = 10_000;

/** What it takes to serve what a module exports. */
export interface WatchedOptions {
  /** Makes an offer ready. Rejects with an error that says in one line what is wrong with it. */
  readonly serve: (offer: ModuleOffer) => Promise<Served>;
  /** Tells who listens, over all nodes. */
  readonly protocol: { readonly changes?: ChangeFeed };
  readonly logger: Logger;
}

/** A `--server` module that is served anew whenever it, or a file that it imports, changes. */
export class WatchedModule {
  private readonly graph: ModuleGraph;
  private readonly files: WatchedFiles;
  private first: ModuleOffer | undefined;
  /** When the module was last begun to be loaded, ms since the epoch. */
  private since = Date.now();
  /** Files that are new or have changed since it was served last, of which one may be broken. */
  private readonly suspects = new Set<string>();
  private reloading = false;
  private again = false;
  private isClosed = false;
  private reload: () => Promise<void> = async () => undefined;
  private tooMany: () => void = () => undefined;

  private constructor(
    private readonly name: string,
    private readonly cwd: string,
  ) {
    this.files = new WatchedFiles(
      (paths) => this.changed(paths),
      () => this.tooMany(),
    );
    this.graph = new ModuleGraph((path) => {
      if (this.files.add(path, this.since)) this.suspects.add(path);
    });
  }

  /** Loads the module for the first time. Rejects as `loadModule` does. */
  static async open(name: string, cwd: string): Promise<WatchedModule> {
    if (locateModule(name, cwd).includes('/node_modules/'))
      throw new ServeError(`--watch: ${name} is an installed package, whose files do not change: leave out --watch`);
    const watched = new WatchedModule(name, cwd);
    watched.first = await watched.load();
    return watched;
  }

  /** What the module exported at first. */
  get offer(): ModuleOffer {
    return this.first as ModuleOffer;
  }

  /** Serves the first offer, and by and by those that come after it. */
  async serve({ serve, protocol: { changes }, logger }: WatchedOptions): Promise<Served> {
    const served = new ReplaceableServed(await serve(this.offer), changes);
    const { name } = this;
    this.tooMany = () => {
      this.tooMany = () => undefined;
      logger.warn({}, `${name} imports more than ${WATCHED_FILES} files: those beyond are not watched`);
    };
    this.reload = async () => {
      const began = performance.now();
      try {
        const late = `--server ${name}: the module was not loaded within ${RELOAD_LIMIT_MS / 1_000} s`;
        const next = await withDeadline(this.load(), RELOAD_LIMIT_MS, late);
        const nextServed = await withDeadline(serve(next), RELOAD_LIMIT_MS, late);
        await served.replace(nextServed);
        this.suspects.clear();
        const ms = Math.round(performance.now() - began);
        logger.info(
          { durationMs: ms },
          `${name} has changed, and was loaded in ${ms} ms: ${contentsOf(next, nextServed)}`,
        );
      } catch (error) {
        const hints = error instanceof ServeError && error.hint !== undefined ? [error.hint] : [];
        logger.error({}, [firstLine(error), ...hints, 'The module is served as it was before'].join('. '));
      }
    };
    logger.info({}, `watching ${name} and the files that it imports`);
    return served;
  }

  close(): void {
    this.isClosed = true;
    this.files.close();
    this.graph.close();
  }

  private load(): Promise<ModuleOffer> {
    this.since = Date.now();
    return loadModule(this.name, this.cwd, { load: (url) => this.graph.load(url), suspects: () => [...this.suspects] });
  }

  private changed(paths: readonly string[]): void {
    for (const path of paths) this.suspects.add(path);
    this.again = true;
    if (!this.reloading) void this.reloadAll();
  }

  /** One after the other, as long as something has changed meanwhile. */
  private async reloadAll(): Promise<void> {
    this.reloading = true;
    while (this.again && !this.isClosed) {
      this.again = false;
      await this.reload();
    }
    this.reloading = false;
  }
}

/** What is served, for the log. */
function contentsOf(offer: ModuleOffer, { lists = [] }: Served): string {
  if (typeof offer === 'function') return `a server of the MCP SDK with ${lists.join(', ') || 'no lists'}`;
  const { tools, resources, resourceTemplates, prompts } = offer;
  const counts: [number, string][] = [
    [tools.length, 'tool'],
    [resources.length, 'resource'],
    [resourceTemplates.length, 'resource template'],
    [prompts.length, 'prompt'],
  ];
  const there = counts.filter(([count]) => count > 0);
  return there.map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ') || 'an empty catalog';
}
