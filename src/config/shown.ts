import { redactText } from '../text/secrets.js';
import { readSettings } from './read.js';
import type { Environment, Flags, Reading } from './read.js';
import { resolveConfig } from './resolve.js';
import { flagName } from './setting.js';
import type { ServeCommand, Setting } from './setting.js';
import { settingsOf } from './settings/index.js';
import type { SettingName } from './settings/index.js';

/** One setting as a server has it. */
export interface ShownSetting {
  readonly name: SettingName;
  readonly flag: string | undefined;
  readonly variable: string;
  /** Without secrets; null where there is none. */
  readonly value: string | null;
  /** `rule`: what others make of it. */
  readonly from: 'flag' | 'variable' | 'file' | 'default' | 'rule';
}

const MASKED = '(set, not shown)';

/**
 * Every setting of a command, as it would be served, and where it comes from. `fileNames` are the variables that a file gave. Throws a
 * ConfigError, as a start does.
 */
export function shownSettings(
  command: ServeCommand,
  flags: Flags,
  env: Environment,
  fileNames: ReadonlySet<string>,
): ShownSetting[] {
  const config = resolveConfig(command, flags, env) as unknown as Resolved;
  const reading = readSettings(command, flags, env);
  const all = settingsOf(command);
  const groups = [...new Set(all.map(([, { group }]) => group))];
  return groups
    .flatMap((group) => all.filter(([, setting]) => setting.group === group))
    .map(([name, setting]) => ({ name, flag: flagName(setting), variable: setting.env, ...valueOf(name, setting) }));

  function valueOf(name: SettingName, setting: Setting): Pick<ShownSetting, 'value' | 'from'> {
    const origin = reading.from[name];
    const value = textOf(setting, reading.values[name]);
    if (origin === 'flag') return { value, from: 'flag' };
    if (origin === 'env') return { value, from: fileNames.has(setting.env) ? 'file' : 'variable' };
    const ruled = byRule(name, config, reading);
    const isRuled = ruled !== undefined && ruled !== value;
    return isRuled ? { value: ruled, from: 'rule' } : { value, from: 'default' };
  }
}

/** What of a config is looked at: that of every command in one. */
interface Resolved {
  readonly port?: number;
  readonly stateful?: boolean;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly corsOrigins?: '*' | readonly string[];
  readonly rateLimit?: object;
  readonly redis?: { readonly url: string };
  readonly auth?: { readonly authServer?: string };
  readonly telemetry?: object;
}

/** What the rules make of a setting that nobody has given, as far as it is not its default. */
function byRule(name: SettingName, config: Resolved, { values }: Reading): string | undefined {
  switch (name) {
    case 'port':
      return String(config.port);
    case 'stateful':
      return String(config.stateful);
    case 'stateless':
      return String(!config.stateful);
    case 'allowedHosts':
      return config.allowedHosts?.join(',') ?? '*';
    case 'allowedOrigins':
      return config.allowedOrigins?.join(',') ?? '*';
    case 'corsOrigin':
      return config.corsOrigins === '*' ? '*' : config.corsOrigins?.join(',') || undefined;
    case 'rateLimit':
      return values.rateLimit === 'auto' ? (config.rateLimit ? 'on' : 'off') : undefined;
    case 'redis':
      return config.redis && redactText(config.redis.url);
    case 'useRedis':
      return String(config.redis !== undefined);
    case 'authServer':
      return config.auth?.authServer;
    case 'otel':
      return String(config.telemetry !== undefined);
    default:
      return undefined;
  }
}

function textOf({ secret, kind }: Setting, value: unknown): string | null {
  if (value === undefined) return null;
  if (secret) return MASKED;
  if (typeof value === 'object') return redactText(Array.isArray(value) ? value.join(',') : sentinelText(value));
  return redactText(kind.show?.(value) ?? String(value));
}

/** An address of sentinels, as it is written. */
function sentinelText(value: object | null): string {
  const { name, hosts } = value as { name?: string; hosts?: { host: string; port: number }[] };
  return `${name}@${(hosts ?? []).map(({ host, port }) => `${host}:${port}`).join(',')}`;
}
