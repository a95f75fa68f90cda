import type { Kind } from './kinds.js';

/** The commands that are configured by settings. */
export type ServeCommand = 'stdio' | 'sse' | 'http' | 'auth-server';

/** The headings under which `--help` and the settings table list the settings. */
export type SettingGroup = 'Server' | 'Offer' | 'Sessions' | 'Redis' | 'Authorization' | 'Network' | 'Limits' | 'Logging';

/** One setting: its flag, its environment twin, and what it may be. */
export interface Setting<T = unknown, D extends T | undefined = T | undefined> {
  /** As commander writes it: `--port <number>`. Absent where only the variable exists. */
  readonly flag?: `--${string}`;
  readonly env: string;
  readonly kind: Kind<T>;
  readonly default?: D;
  /** The default in words, where it is no constant or reads badly as one. */
  readonly shown?: string;
  /** Never repeated in a message. */
  readonly secret?: true;
  readonly group: SettingGroup;
  readonly description: string;
  readonly commands: readonly ServeCommand[];
}

/** Declares a setting; the types of its value and of its default are kept. */
export function defineSetting<T, const D extends T | undefined = undefined>(setting: Setting<T, D>): Setting<T, D> {
  return setting;
}

/** The type a setting resolves to: with no default, it may be undefined. */
export type ValueOf<S> = S extends Setting<infer T, infer D> ? T | D : never;

/** `--session-ttl <time>` as a message names it: `--session-ttl`. */
export function flagName(setting: Pick<Setting, 'flag'>): string | undefined {
  return setting.flag?.split(' ')[0];
}
