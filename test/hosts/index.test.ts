import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { hosts } from '../../src/hosts/index.js';

it('the list names every host that a file of the folder defines, each by the name of its file', async () => {
  const folder = new URL('../../src/hosts/', import.meta.url);
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  const defining = files.filter((_file, index) => texts[index]?.includes('= defineHost('));
  expect(hosts.map(({ name }) => `${name}.ts`).sort()).toEqual(defining.sort());
});
