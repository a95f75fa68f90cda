import type { ServeCommand, Setting, ValueOf } from '../setting.js';
import { authSettings } from './auth.js';
import { limitSettings } from './limits.js';
import { networkSettings } from './network.js';
import { offerSettings } from './offer.js';
import { redisSettings } from './redis.js';
import { serverSettings } from './server.js';

/** Every setting, by the name under which commander reports its flag. */
export const settings = {
  ...serverSettings,
  ...offerSettings,
  ...limitSettings,
  ...redisSettings,
  ...authSettings,
  ...networkSettings,
};

export type SettingName = keyof typeof settings;

/** What each setting resolved to. */
export type Values = { readonly [K in SettingName]: ValueOf<(typeof settings)[K]> };

/** The settings as a list, those of one command where it is named. */
export function settingsOf(command?: ServeCommand): [SettingName, Setting][] {
  const all = Object.entries(settings) as [SettingName, Setting][];
  return all.filter(([, setting]) => command === undefined || setting.commands.includes(command));
}
