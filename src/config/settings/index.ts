import type { ServeCommand, Setting, ValueOf } from '../setting.js';
import { authSettings } from './auth.js';
import { childSettings } from './children.js';
import { limitSettings, sessionSettings } from './limits.js';
import { logSettings, networkSettings, telemetrySettings } from './network.js';
import { offerSettings } from './offer.js';
import { protocolSettings } from './protocol.js';
import { redisSettings } from './redis.js';
import { serverSettings } from './server.js';

/** Every setting, by the name under which commander reports its flag. */
export const settings = {
  ...serverSettings,
  ...offerSettings,
  ...childSettings,
  ...protocolSettings,
  ...sessionSettings,
  ...limitSettings,
  ...redisSettings,
  ...authSettings,
  ...networkSettings,
  ...logSettings,
  ...telemetrySettings,
};

type Settings = typeof settings;
export type SettingName = keyof Settings;

/** What each setting resolved to. */
export type Values = { readonly [K in SettingName]: ValueOf<Settings[K]> };

/** What the config of a command takes over as it is; of several commands, what all of them take over. */
export type PlainConfig<C extends ServeCommand> = {
  readonly [K in SettingName as PlainName<C, K, Settings[K]>]: Values[K];
};

type PlainName<C, K extends string, S> = S extends { byRule: true }
  ? never
  : S extends { commands: readonly (infer Of)[] }
    ? [C] extends [Of]
      ? ConfigName<K, S>
      : never
    : never;
type ConfigName<K extends string, S> = S extends { kind: { isTime: true } } ? `${K}Ms` : K;

/** The settings as a list, those of one command where it is named. */
export function settingsOf(command?: ServeCommand): [SettingName, Setting][] {
  const all = Object.entries(settings) as [SettingName, Setting][];
  return all.filter(([, setting]) => command === undefined || setting.commands.includes(command));
}

export function plainConfig<C extends ServeCommand>(command: C, values: Values): PlainConfig<C> {
  const plain = settingsOf(command).filter(([, { byRule }]) => !byRule);
  return Object.fromEntries(
    plain.map(([name, { kind }]) => [kind.isTime ? `${name}Ms` : name, values[name]]),
  ) as PlainConfig<C>;
}
