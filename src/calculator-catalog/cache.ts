import type { CacheHint } from '../catalog/define.js';

/** What is the same for everybody until the next release. */
export const FOR_AN_HOUR: CacheHint = { ttlMs: 3_600_000, scope: 'public' };
