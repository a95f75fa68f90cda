export { readEnvFile } from './env-file.js';
export { shownSettings } from './shown.js';
export { ConfigError } from './errors.js';
export type { Environment, Flags } from './read.js';
export type { RedisConfig } from './redis.js';
export { resolveConfig } from './resolve.js';
export type {
  AuthServerConfig,
  ConfigOf,
  HttpConfig,
  LogConfig,
  OfferConfig,
  ServerConfig,
  SseConfig,
  StdioConfig,
} from './resolve.js';
export type { TelemetryConfig } from './telemetry.js';
export { shownDefault } from './setting.js';
export type { ServeCommand, Setting } from './setting.js';
export { settings, settingsOf } from './settings/index.js';
export { settingsTable } from './table.js';
