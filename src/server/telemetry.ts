import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TelemetryConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import { within } from '../net/time-limit.js';
import * as packageInfo from '../package-info.js';
import { isObject } from '../rpc/messages.js';
import type { OpenTelemetryApi } from '../telemetry/api.js';
import type { Telemetry } from '../telemetry/contract.js';
import { telemetryOf } from '../telemetry/spans.js';
import { quote } from '../text/harmless.js';
import { ServeError } from './errors.js';

const SDK = '@opentelemetry/sdk-node';
/** Lines that run on every Node that this package runs on; newer ones want Node 22.15. */
const INSTALL = `npm i @opentelemetry/api@1 ${SDK}@0.223`;
/** How long the end of a process waits until what is left has been sent, ms. */
const FLUSH_MS = 2_000;
/** How often it is told that something could not be sent, ms. */
const TROUBLE_PAUSE_MS = 60_000;
/** Characters of what is told. */
const REASON_CHARACTERS = 300;

/** Telemetry by the SDK of OpenTelemetry. */
export interface OpenTelemetry {
  readonly api: OpenTelemetryApi;
  readonly telemetry: Telemetry;
  /** Sends what is left, at most for {@link FLUSH_MS}. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts the SDK, which is looked for in the working directory, then beside this package; where somebody has registered one before (with
 * `--import`), that one is used. Rejects with a {@link ServeError} that says what to install, where it was asked for by name.
 */
export async function openTelemetry(
  config: TelemetryConfig | undefined,
  logger: Logger,
): Promise<OpenTelemetry | undefined> {
  if (!config) return undefined;
  const file = locateSdk();
  if (file === undefined) {
    const lacking = `${config.turnedOnBy} needs the packages of OpenTelemetry: ${INSTALL}`;
    if (config.isRequired) throw new ServeError(lacking);
    logger.warn({}, `${lacking}; without them, nothing is sent (OTEL=false says that this is meant)`);
    return undefined;
  }
  const { NodeSDK, api, resources } = await loadSdk(file);
  if (isRegistered()) return { api, telemetry: telemetryOf(api), close: async () => undefined };
  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        'service.name': packageInfo.name,
        'service.version': packageInfo.version,
        'service.instance.id': crypto.randomUUID(),
        'process.pid': process.pid,
      }),
    ),
    // The detector of the process would tell its command line, which may hold secrets.
    resourceDetectors: [resources.hostDetector, resources.envDetector],
    // Its logs are for who reads stderr.
    logRecordProcessors: [],
  });
  // After it was made: it sets one of its own, which writes to stdout.
  api.diag.setLogger(diagnosticsTo(logger, config.secrets), { suppressOverrideMessage: true, logLevel: WARN });
  sdk.start();
  logger.info({ by: config.turnedOnBy }, 'traces and metrics are sent by OpenTelemetry');
  return {
    api,
    telemetry: telemetryOf(api),
    close: () =>
      within(
        sdk.shutdown().catch(() => undefined),
        FLUSH_MS,
        () => undefined,
      ),
  };
}

/** `DiagLogLevel.WARN` of the API. */
const WARN = 50;

interface SdkNode {
  readonly NodeSDK: new (options: object) => { start(): void; shutdown(): Promise<void> };
  readonly api: OpenTelemetryApi & {
    readonly diag: { setLogger(logger: object, options: object): void };
  };
  readonly resources: {
    defaultResource(): Resource;
    resourceFromAttributes(attributes: object): Resource;
    readonly hostDetector: object;
    readonly envDetector: object;
  };
}

interface Resource {
  merge(other: Resource): Resource;
}

/** The file of the SDK, in the project of the working directory or where this package is installed. */
function locateSdk(): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(from).resolve(SDK);
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

async function loadSdk(file: string): Promise<SdkNode> {
  try {
    const { default: sdk } = (await import(pathToFileURL(file).href)) as { default: Partial<SdkNode> };
    if (sdk.NodeSDK && sdk.api && sdk.resources?.resourceFromAttributes) return sdk as SdkNode;
  } catch (error) {
    throw new ServeError(`${SDK} could not be loaded: ${INSTALL}`, { cause: error });
  }
  throw new ServeError(`${SDK} is of another generation than this needs: ${INSTALL}`);
}

/** Whether the process has a provider of spans by now: where all copies of the API 1.x look for it. */
function isRegistered(): boolean {
  const registered = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
  return typeof registered === 'object' && registered !== null && 'trace' in registered;
}

/** What the SDK says of itself: that a collector does not answer, now and then, and never on stdout. */
function diagnosticsTo(logger: Logger, secrets: readonly string[] = []): object {
  let quietUntil = 0;
  const tell = (message: unknown, ...more: unknown[]) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + TROUBLE_PAUSE_MS;
    const said = [wordsOf(String(message)), ...more].map(String).join(' ');
    const reason = quote(
      secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), said),
      REASON_CHARACTERS,
    );
    logger.warn({ reason }, 'OpenTelemetry could not send something');
  };
  const ignore = () => undefined;
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
}

/** Of an error, which comes as JSON with all that it has, what it says: not its stack, and not the body that a collector has sent. */
function wordsOf(message: string): string {
  try {
    const error: unknown = JSON.parse(message);
    if (!isObject(error) || typeof error.message !== 'string') return message;
    return [error.name, error.code, error.message].filter((word) => typeof word === 'string').join(': ');
  } catch {
    return message;
  }
}
