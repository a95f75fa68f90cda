import type { CacheHint } from '../../catalog/define.js';
import type { CompiledCatalog } from '../compile.js';
import { entryAt } from '../handlers/resources.js';
import type { Params } from '../params.js';

/** How long what a fixed catalog lists may be kept, ms: it changes with a new release only. */
const FIXED_MS = 3_600_000;

const FIXED: CacheHint = { ttlMs: FIXED_MS, scope: 'public' };
const REPLACEABLE: CacheHint = { ttlMs: 0, scope: 'public' };
const OWN: CacheHint = { ttlMs: 0, scope: 'private' };

/** How long the result of a request may be kept, and by whom; undefined for what is not to be cached (server/utilities/caching). */
export function cacheHintOf(compiled: CompiledCatalog, method: string, params: Params): CacheHint | undefined {
  const shared = compiled.isReplaceable ? REPLACEABLE : FIXED;
  switch (method) {
    case 'server/discover':
    case 'tools/list':
    case 'prompts/list':
      return shared;
    case 'resources/list':
      return variesByCaller(compiled) ? OWN : shared;
    case 'resources/templates/list':
      return compiled.catalog.resourceTemplates.some(({ available }) => available) ? OWN : shared;
    case 'resources/read':
      return (typeof params.uri === 'string' ? entryAt(compiled, params.uri)?.cache : undefined) ?? OWN;
    default:
      return undefined;
  }
}

function variesByCaller({ catalog: { resources, resourceTemplates } }: CompiledCatalog): boolean {
  return (
    resources.some(({ available }) => available) || resourceTemplates.some(({ available, list }) => available ?? list)
  );
}
