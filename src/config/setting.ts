import type { Kind } from './kinds.js';

/** The commands that are configured by settings. */
export type ServeCommand = 'stdio' | 'sse' | 'http' | 'auth-server';

/** The headings under which `--help` and the settings table list the settings. */
type SettingGroup =
  | 'Server'
  | 'Offer'
  | 'Command'
  | 'Protocol'
  | 'Sessions'
  | 'Redis'
  | 'Authorization'
  | 'Network'
  | 'Limits'
  | 'Logging'
  | 'Telemetry';

/** One setting: its flag, its environment twin, and what it may be. */
export interface Setting {
  /** As commander writes it: `--port <number>`. Absent where only the variable exists. */
  readonly flag?: `--${string}`;
  readonly env: string;
  readonly kind: Kind<unknown>;
  readonly default?: unknown;
  /** The default in words, where it is not a constant. */
  readonly shown?: string;
  /** The flag has a twin with `no-`, which turns off what is on by itself. */
  readonly negatable?: true;
  /** Never repeated in a message. */
  readonly secret?: true;
  readonly description: string;
  readonly group: SettingGroup;
  readonly commands: readonly ServeCommand[];
  /** The config has not this value but what a rule of `resolve.ts` makes of it and of others. */
  readonly byRule?: true;
}

/** What the settings of a group have in common; each may have a `commands` or `byRule` of its own. */
type Common = Pick<Setting, 'group' | 'commands' | 'byRule'>;
type Entry = Omit<Setting, keyof Common> & Partial<Common>;
type KindValue<S> = S extends { readonly kind: Kind<infer T> } ? T : never;
type Completed<C, S> = { readonly [K in keyof S]: Omit<C, keyof S[K]> & S[K] };

/** Declares settings, by the names under which commander reports their flags; all that is written is kept as a type. */
export function defineSettings<const C extends Common, const S extends Readonly<Record<string, Entry>>>(
  common: C,
  entries: S & { readonly [K in keyof S]: { readonly default?: KindValue<S[K]> } },
): Completed<C, S> {
  const all: Record<string, Setting> = {};
  for (const [name, entry] of Object.entries<Entry>(entries)) all[name] = { ...common, ...entry };
  return all as Completed<C, S>;
}

/** The type a setting resolves to: with no default, it may be undefined. */
export type ValueOf<S> = S extends { readonly default: unknown } ? KindValue<S> : KindValue<S> | undefined;

/** `--session-ttl <time>` as a message names it: `--session-ttl`. */
export function flagName(setting: Pick<Setting, 'flag'>): string | undefined {
  return setting.flag?.split(' ')[0];
}

/** The default in words; empty where there is none. */
export function shownDefault({ shown, default: value, kind }: Setting): string {
  return shown ?? (value === undefined ? '' : (kind.show?.(value) ?? String(value)));
}
