import { claudeCode } from './claude-code.js';
import { claudeDesktop } from './claude-desktop.js';
import { cursor } from './cursor.js';
import type { Host } from './define.js';
import { inspector } from './inspector.js';
import { vscode } from './vscode.js';

/** Every host that is known here. */
export const hosts: readonly Host[] = [claudeDesktop, claudeCode, cursor, vscode, inspector];
