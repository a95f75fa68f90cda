import type { IntroducedCatalog } from '../catalog/define.js';
import { introductions } from './introduction.js';

/** The calculator's catalog, which introduces itself at once, and is loaded when more is asked: with its schemas it is half of a start. */
export function calculatorLater(options: { historyTtlMs?: number; apps?: boolean } = {}): IntroducedCatalog {
  return {
    ...introductions.full,
    capabilities: { logging: {}, tools: {}, resources: { subscribe: true }, prompts: {}, completions: {} },
    hasTasks: true,
    load: async () => (await import('./index.js')).calculatorCatalog(options),
  };
}
