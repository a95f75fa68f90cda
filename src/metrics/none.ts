import type { Metrics } from './contract.js';
import { countByName } from './counts.js';

/** Counts calculations, which `calculator://stats` shows, and nothing else. For stdio: it loads nothing. */
export function noMetrics(): Metrics {
  const calculations = countByName();
  const ignore = () => {};
  return {
    calculation: calculations.add,
    calculations: calculations.all,
    operation: ignore,
    httpRequest: ignore,
    refusal: ignore,
    sessionCreated: ignore,
    sessionEnded: ignore,
    streamOpened: ignore,
    streamClosed: ignore,
    storeError: ignore,
    render: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: '' }),
  };
}
