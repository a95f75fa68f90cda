import { printableJson } from '../text/harmless.js';
import { redactText } from '../text/secrets.js';
import { flagName } from './setting.js';
import type { ServeCommand, Setting } from './setting.js';
import { settingsOf } from './settings/index.js';
import type { SettingName, Values } from './settings/index.js';

/** Flags as commander reports them: text, or true where a flag stands alone. */
export type Flags = Readonly<Record<string, unknown>>;
export type Environment = Readonly<Record<string, string | undefined>>;
export type Origin = 'flag' | 'env' | 'default';

export interface Reading {
  readonly values: Values;
  /** Where each value came from. */
  readonly from: Readonly<Record<SettingName, Origin>>;
  /** One line for every value that is wrong. */
  readonly problems: readonly string[];
}

/** A flag of one of these silences the variable of the other. */
const RIVALS: Partial<Record<SettingName, SettingName>> = { stateful: 'stateless', stateless: 'stateful' };

/** Reads one command's settings: flags win over variables, variables over defaults. An empty variable counts as unset. */
export function readSettings(command: ServeCommand, flags: Flags, env: Environment): Reading {
  const values: Record<string, unknown> = {};
  const from: Record<string, Origin> = {};
  const problems: string[] = [];
  const used = new Set(settingsOf(command).map(([name]) => name));
  for (const [name, setting] of settingsOf()) {
    const rival = RIVALS[name];
    const variable = rival !== undefined && flags[rival] !== undefined ? undefined : env[setting.env];
    const given = used.has(name) ? find(setting, flagOf(name, setting, flags), variable) : unset;
    from[name] = given.from;
    values[name] = setting.default;
    if (given.text === undefined) continue;
    const value = setting.kind.parse(given.text);
    if (value !== undefined) values[name] = value;
    else problems.push(describe(setting, given.text, given.source));
  }
  return { values: values as Values, from: from as Record<SettingName, Origin>, problems };
}

/** Commander reports `--no-redis` as `redis: false`. */
function flagOf(name: string, { flag }: Setting, flags: Flags): unknown {
  if (!flag?.startsWith('--no-')) return flags[name];
  return flags[flag.slice('--no-'.length)] === false ? false : undefined;
}

interface Given {
  readonly from: Origin;
  /** Which of both the text was taken from: a bare flag may leave the value to the variable. */
  readonly source: Origin;
  readonly text: string | undefined;
}

const unset: Given = { from: 'default', source: 'default', text: undefined };

function find(setting: Setting, flag: unknown, variable: string | undefined): Given {
  if (typeof flag === 'string') return { from: 'flag', source: 'flag', text: flag };
  if (typeof flag === 'boolean' && setting.kind.isSwitch) return { from: 'flag', source: 'flag', text: String(flag) };
  if (flag === true && setting.kind.bare !== undefined)
    return { from: 'flag', source: 'flag', text: setting.kind.bare };
  const text = variable === undefined || variable.trim() === '' ? undefined : variable;
  if (flag === true) return { from: 'flag', source: 'env', text };
  return text === undefined ? unset : { from: 'env', source: 'env', text };
}

function describe(setting: Setting, text: string, source: Origin): string {
  const flag = flagName(setting);
  const shown = setting.secret ? 'the value (not shown)' : quote(text);
  const allowed = `it must be ${setting.kind.allowed}`;
  if (source === 'flag') return `${flag} (variable ${setting.env}): ${shown} is wrong: ${allowed}`;
  return `${setting.env}${flag === undefined ? '' : ` (flag ${flag})`}: ${shown} is wrong: ${allowed}`;
}

const LONGEST_SHOWN = 80;

/**
 * In quotes, on one line, shortened, and without the password of a URL. It is a wrong value that is shown: a password may
 * hold what no URL can have unescaped, and the scheme may be missing.
 */
function quote(text: string): string {
  const masked = redactText(text.replace(/^([\w+]*:\/\/)?[^@]*:.*@/s, '$1***@'));
  return printableJson(masked.length > LONGEST_SHOWN ? `${masked.slice(0, LONGEST_SHOWN)}…` : masked);
}
