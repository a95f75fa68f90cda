import type { Catalog, IntroducedCatalog } from '../catalog/define.js';
import * as packageInfo from '../package-info.js';
import type { Era } from '../rpc/era.js';
import { META, TASKS } from '../rpc/era.js';
import { isRequest } from '../rpc/messages.js';
import { supportedVersions } from '../rpc/versions.js';
import type { Surroundings } from './call-context.js';
import { compileCatalog, LaterCatalog } from './compile.js';
import { LegacyPeer } from './legacy/peer.js';
import { Admission } from './modern/admission.js';
import { unservedVersion } from './modern/envelope.js';
import { Listens } from './modern/listen.js';
import { ModernPeer } from './modern/peer.js';
import type { StateOptions } from './modern/states.js';
import { States } from './modern/states.js';
import type { Tasks } from './modern/tasks/tasks.js';
import type { ZodUse } from './schema.js';
import type { Served } from './served.js';
import { listsIn } from './served.js';

const NO_SCOPES: readonly string[] = [];

export interface ServeOptions extends Surroundings {
  /** Which generations of the protocol are served; both where it is absent. */
  readonly eras?: readonly Era[];
  /** Forgives a legacy `MCP-Protocol-Version` over a modern envelope. */
  readonly lenientHeaders?: boolean;
  /** Whether what is served may be replaced while clients are connected: its lists may change then, and are declared to. */
  readonly isReplaceable?: boolean;
  readonly states: StateOptions;
  readonly zod?: ZodUse;
  /** The tasks that calls may become, in a storage that every node sees which may be asked about one. */
  readonly tasks?: Tasks;
}

/** Serves a catalog, compiled here, once, or when its contents are needed. Rejects with a TypeError for one that is malformed. */
export async function serveCatalog(catalog: Catalog | IntroducedCatalog, options: ServeOptions): Promise<Served> {
  const { eras = ['legacy', 'modern'], lenientHeaders = false, isReplaceable = false, loadValidator, zod } = options;
  const later = 'load' in catalog ? new LaterCatalog(catalog, loadValidator, zod) : undefined;
  const compiled = later ?? (await compileCatalog(catalog as Catalog, loadValidator, zod, isReplaceable));
  const { name = packageInfo.name, version = packageInfo.version, title, instructions, websiteUrl, icons } = catalog;
  const serverInfo = { name, version, title, websiteUrl, icons };
  const { capabilities } = compiled;
  const greeting = { capabilities, serverInfo, instructions };
  const tasks = compiled.hasTasks ? options.tasks : undefined;
  const offered = tasks ? { ...capabilities, extensions: { [TASKS]: {} } } : capabilities;
  const introduction = { capabilities: offered, instructions, stamp: { [META.serverInfo]: serverInfo } };
  const around = { ...options, tasks, states: new States(options.states), listens: new Listens() };
  const admission = new Admission(compiled, lenientHeaders);
  return {
    eras,
    lists: listsIn(capabilities),
    ...(later && { load: () => later.load() }),
    admit(request, headers) {
      if (eras.includes('modern')) return admission.admit(request, headers);
      throw unservedVersion(admission.versionOf(request), supportedVersions, ': this server speaks older ones only');
    },
    open(facts, sink) {
      const { envelope, storage } = facts;
      if (!envelope) return LegacyPeer.open(compiled, greeting, options, facts, sink);
      const offered = storage ? (compiled.withHistories ?? compiled) : compiled;
      return new ModernPeer(offered, introduction, around, facts, envelope, sink);
    },
    requiredScopes(message) {
      if (!isRequest(message) || message.method !== 'tools/call') return NO_SCOPES;
      const toolName = message.params?.name;
      // What is not a name at all is refused where it is read.
      const { tools } = compiled.withHistories ?? compiled;
      return (typeof toolName === 'string' ? tools.get(toolName)?.tool.scopes : undefined) ?? NO_SCOPES;
    },
  };
}
