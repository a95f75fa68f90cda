/**
 * Settings that are wrong, or that contradict each other: one line each, all of them together. Apart from the rest, so that
 * who only tells an error does not load the settings.
 */
export class ConfigError extends Error {
  readonly code = 'CONFIG';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}
