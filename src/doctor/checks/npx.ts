import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCheck, info, ok, warning } from '../check.js';
import { findCommand } from '../find-command.js';

/** From here on npx knows `-y`, which every host's snippet uses. */
const OLDEST = 7;
/** Folders that only a shell's profile puts on the PATH. */
const VERSION_MANAGERS = /[\\/](?:\.nvm|\.fnm|fnm_multishells|\.asdf|\.volta|\.nodenv|\.n|mise)[\\/]/;

export const npx = defineCheck({
  id: 'npx',
  title: 'npx',
  timeoutMs: 3_000,
  async run(context) {
    const path = await findCommand('npx', context, context.cwd);
    if (path === undefined) {
      return [
        warning(
          'not on the PATH: hosts that are told to run "npx" can\'t start a server',
          'Install npm, or name the program itself: mcp-calc config <host> --local',
        ),
      ];
    }
    const version = await versionOf(path);
    if (version !== undefined && Number.parseInt(version, 10) < OLDEST) {
      return [warning(`${version} at ${path} is too old to know "npx -y"`, 'Run: npm install --global npm@latest')];
    }
    const found = ok(`${version === undefined ? '' : `${version} at `}${path}`);
    if (context.platform !== 'darwin' || !VERSION_MANAGERS.test(path)) return [found];
    return [
      found,
      info(
        'Programs with a window do not read the profile of your shell and may not find it there',
        `Give hosts the whole path: "command": "${path}"`,
      ),
    ];
  },
});

/** Read from npm's own files: npx writes a log each time it runs. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const script = await realpath(path);
    const manifest = JSON.parse(await readFile(join(script, '../../package.json'), 'utf8')) as {
      name?: unknown;
      version?: unknown;
    };
    return manifest.name === 'npm' && typeof manifest.version === 'string' ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}
