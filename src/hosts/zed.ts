import { defineHost, plainEntry } from './define.js';

export const zed = defineHost({
  name: 'zed',
  title: 'Zed',
  key: 'context_servers',
  comments: true,
  paths: (system) => [
    system === 'windows' ? '%APPDATA%\\Zed\\settings.json' : '~/.config/zed/settings.json',
    '.zed/settings.json',
  ],
  entry: plainEntry,
  note: () => 'The key is "context_servers" here, beside the other settings.',
});
