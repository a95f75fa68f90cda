import { defineHost, throughShell } from './define.js';

export const zed = defineHost({
  name: 'zed',
  title: 'Zed',
  key: 'context_servers',
  comments: true,
  paths: (system) => [
    system === 'windows' ? '%APPDATA%\\Zed\\settings.json' : '~/.config/zed/settings.json',
    '.zed/settings.json',
  ],
  entry: (reach, system) => {
    const { transport: _, ...rest } = throughShell(reach, system);
    return rest;
  },
  note: () => 'The key is "context_servers" here, beside the other settings.',
});
