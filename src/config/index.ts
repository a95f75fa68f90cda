export type {
  AuthConfig,
  AuthServerConfig,
  HttpConfig,
  IntrospectionConfig,
  JwtConfig,
  ListenConfig,
  LogConfig,
  OfferConfig,
  RedisConfig,
  ServerConfig,
  SseConfig,
  StdioConfig,
} from './config.js';
export { ConfigError } from './errors.js';
export type { Environment, Flags } from './read.js';
export { resolveConfig } from './resolve.js';
export type { ServeCommand, Setting } from './setting.js';
export { flagName } from './setting.js';
export { settingsOf } from './settings/index.js';
export { settingsTable, shownDefault } from './table.js';
