import { randomBytes } from 'node:crypto';
import type { ServerConfig } from '../config/index.js';
import type { Console } from '../console/index.js';
import type { Route } from '../http/app.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { name, version } from '../package-info.js';
import { tellSessionEnd } from '../transports/session-end.js';
import type { WireTap } from './host.js';
import type { Draining } from './lifecycle.js';
import { erasOf, sharedSecret } from './protocol.js';
import { isForPeople } from './logger.js';
import type { McpConfig, Service } from './service.js';

/** Bytes of a token that is made here. */
const TOKEN_BYTES = 24;
/** Where nodes that share a Redis find the token. */
const SHARED_TOKEN = 'console-token';

export interface ServedConsole extends Draining {
  readonly routes: readonly Route[];
  readonly wire: WireTap;
  /** The address that opens it. A secret. */
  addressAt(url: string): string;
}

/** A token that nobody else has. */
export function newConsoleToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** The token of all nodes. No page for operators keeps a server from starting: where Redis does not give it, the node has its own. */
async function tokenOf(state: Service['state'], logger: Logger): Promise<string> {
  if (state.mode !== 'redis') return newConsoleToken();
  return sharedSecret(state.values, SHARED_TOKEN, newConsoleToken).catch((err: unknown) => {
    logger.warn(
      { err },
      'Redis does not keep the token of the console: this node has one of its own. Set WEB_CONSOLE_TOKEN for all of them',
    );
    return newConsoleToken();
  });
}

/** The console, ready to be opened; all that it consists of is loaded by the first who does, or by another node's watcher. */
export async function serveConsole(
  config: ServerConfig,
  { mcp, sse }: { readonly mcp: McpConfig | undefined; readonly sse: boolean },
  { storage, state }: Service,
  logger: Logger,
  metrics: Metrics,
): Promise<ServedConsole | undefined> {
  if (!config.console) return undefined;
  const token = config.console.token ?? (await tokenOf(state, logger));
  const wire: WireTap = { tap: undefined };
  let opened: Promise<Console> | undefined;
  let isClosed = false;
  const open = async (): Promise<Console> => {
    const { openConsole } = await import('../console/index.js');
    const console = openConsole({
      token,
      about: {
        name,
        version,
        node: state.bus.nodeId,
        mcp: mcp !== undefined,
        sse,
        eras: mcp ? erasOf(mcp.era) : ['legacy'],
        stateful: mcp?.stateful ?? true,
        storage: state.mode,
        auth: config.auth.mode !== 'none',
      },
      isSecure: config.baseUri?.startsWith('https:') ?? false,
      storage,
      state,
      onEnded: (id) => tellSessionEnd({ logger, metrics }, id, 'deleted'),
      setTap: (tap) => (wire.tap = isClosed ? undefined : tap),
      logger,
    });
    if (isClosed) console.close();
    return console;
  };
  const theConsole = () => (opened ??= open());
  const stop = state.bus.onMessage((message) => {
    if (message.kind.startsWith('console-') && message.node !== state.bus.nodeId)
      void theConsole().then((console) => console.hear(message));
  });
  const handle: Route['handle'] = async (req, res) => (await theConsole()).handle(req, res);
  const close = () => {
    isClosed = true;
    stop();
    void opened?.then((console) => console.close());
  };
  return {
    wire,
    routes: PATHS.map((path) => ({ path, handle, unlisted: path !== '/' })),
    addressAt: (url) => `${config.baseUri ?? url}/?token=${encodeURIComponent(token)}`,
    drain: close,
    isIdle: () => true,
    endStreams: () => undefined,
    close: async () => close(),
  };
}

/** Opens an address in a browser. */
export type OpenAddress = (url: URL) => void;

/**
 * Tells where the console is. Its token is a secret, and a log is kept and passed on: so it is shown to a person at a terminal alone,
 * beside the log.
 */
export function tellConsole({ console, log }: ServerConfig, address: string, logger: Logger, open?: OpenAddress): void {
  const { origin } = new URL(address);
  if (isForPeople(log)) {
    if (log.level === 'info' || log.level === 'debug') process.stderr.write(`console  ${address}\n`);
  } else {
    logger.info(
      { console: `${origin}/` },
      `console on ${origin}/ (its token is shown on a terminal alone: set WEB_CONSOLE_TOKEN to know it)`,
    );
  }
  if (console?.open) open?.(new URL(address));
}

/** All of the console's: those who open it load what answers them. */
const PATHS = [
  '/',
  '/console',
  '/console/app.js',
  '/console/app.css',
  '/console/icon.svg',
  '/console/api/about',
  '/console/api/sessions',
  '/console/api/wire',
] as const;
